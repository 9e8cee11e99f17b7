// What was deleted, and can still come back.

import { errorBanner } from "../components/banner.js";
import { showDialog } from "../components/dialog.js";
import { get, send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { ago, dateTime, plural } from "../lib/format.js";

/** Of one project, or of all. */
export function trashCard(project) {
  const place = h("div", { class: "stack" }, "Loading…");
  load();
  return h("section", { class: "card pad stack", id: "trash" }, h("h2", {}, "Trash"), place);

  async function load() {
    try {
      const [own, all] = await Promise.all([get("trash", { project, limit: 100 }), project ? get("trash", { limit: 1 }) : null]);
      show(own, all?.projects ?? own.projects);
    } catch (error) {
      fill(place, errorBanner(error, load));
    }
  }

  /** Deleted projects are listed on every project's page: there is no page of a project that is gone. */
  function show({ runs, next }, projects) {
    const items = [...projects.map((item) => ({ ...item, what: plural(item.runCount, "run"), path: `projects/${item.id}` })), ...runs.map((item) => ({ ...item, what: item.projectName, path: `runs/${item.id}` }))];
    fill(place, items.length ? h("div", { class: "scroll", css: { "max-height": "320px" }, tabindex: "0", role: "region", "aria-label": "Trash" }, h("table", { class: "table" },
      h("thead", {}, h("tr", {}, ["what", "", "deleted", "gone for good", ""].map((name) => h("th", {}, name)))), h("tbody", {}, items.map(row))))
      : h("p", { class: "dim" }, "Nothing is in it."), next ? h("p", { class: "dim" }, "There is more; what is listed is the latest.") : null);
  }

  function row(item) {
    return h("tr", {}, h("td", { class: "name", title: item.name }, item.name), h("td", { class: "dim" }, item.what), h("td", { title: dateTime(item.deletedAt).title }, ago(item.deletedAt)),
      h("td", { class: "dim" }, item.isPurging ? "being removed" : item.purgeAt ? dateTime(item.purgeAt).text : "never by itself"),
      h("td", {}, item.isPurging ? null : [h("button", { type: "button", class: "link", on: { click: () => act(`${item.path}/restore`) } }, "Restore"), " ",
        h("button", { type: "button", class: "link bad", on: { click: () => confirm(item) } }, "Remove…")]));
  }

  async function act(path) {
    try {
      await send("POST", path, {});
      await load();
    } catch (error) {
      place.prepend(errorBanner(error, load));
    }
  }

  function confirm(item) {
    const dialog = showDialog(`Remove ${item.name} for good?`, h("p", {}, "Its points, params, tags and files cannot come back."),
      h("button", { type: "button", class: "button primary", on: { click: () => { dialog.close(); act(`${item.path}/purge`); } } }, "Remove for good"));
  }
}
