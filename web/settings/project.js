// A project's own name and note, and putting it in the trash.

import { errorBanner } from "../components/banner.js";
import { showDialog } from "../components/dialog.js";
import { get, pageURL, send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";

export function projectCard(project) {
  const path = `projects/${encodeURIComponent(project)}`;
  const place = h("div", { class: "stack" }, "Loading…");
  load();
  return h("section", { class: "card pad stack", id: "project" }, h("h2", {}, "The project"), place);

  async function load() {
    try {
      fill(place, form(await get(path)));
    } catch (error) {
      fill(place, errorBanner(error, load));
    }
  }

  function form(found) {
    const name = h("input", { name: "name", value: found.name, maxlength: "500", autocomplete: "off", required: true });
    const note = h("textarea", { class: "text-input", name: "note", rows: "3", value: found.note ?? "", "aria-label": "Note of the project", maxlength: "20000" });
    const complaint = h("div", {});
    const save = async (event) => {
      event.preventDefault();
      try {
        const changed = await send("PATCH", path, { name: name.value.trim(), note: note.value });
        if (changed.name === project) fill(complaint, h("p", { class: "ok", role: "status" }, "Saved."));
        else location.replace(pageURL("settings/", { project: changed.name }));
      } catch (error) {
        fill(complaint, errorBanner(error, null));
      }
    };
    return [h("form", { on: { submit: save } }, h("label", { class: "field" }, h("span", {}, "Name"), name), h("label", { class: "field" }, h("span", {}, "Note"), note), complaint,
      h("button", { type: "submit", class: "button primary" }, "Save")),
    h("div", {}, h("button", { type: "button", class: "button bad", id: "delete-project", on: { click: () => confirm(found) } }, "Move to the trash…"))];
  }

  function confirm(found) {
    const complaint = h("div", {});
    const dialog = showDialog(`Move ${found.name} to the trash?`,
      h("p", {}, `${plural(found.runCount, "run")} go with it. All can come back until the trash is emptied.`), complaint,
      h("button", { type: "button", class: "button primary", on: { click: remove } }, "Move to the trash"));

    async function remove() {
      try {
        await send("DELETE", path);
        dialog.close();
        location.replace(pageURL("settings/"));
      } catch (error) {
        fill(complaint, errorBanner(error, null));
      }
    }
  }
}
