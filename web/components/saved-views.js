// Views of a page under a name: the address without what is momentary, for everybody who uses the project.

import { get, pageURL, send } from "../lib/api.js";
import { fill, h, patch } from "../lib/dom.js";
import { currentProject } from "../lib/url-state.js";
import { errorBanner } from "./banner.js";
import { copyButton } from "./copy.js";
import { showDialog } from "./dialog.js";

/** Not part of a view: whose it is, which view it came from, and what is open or marked just now. */
const momentary = ["project", "view", "open", "sel", "selection"];

export class SavedViews {
  #page;
  #views = [];
  element = h("span", { class: "bar views", id: "views", role: "group", "aria-label": "Saved views" });

  /** `page`: the folder of the page, such as "runs". */
  constructor(page) {
    this.#page = page;
  }

  /** Fails quietly into "no views": the page's own calls report a server that is away. */
  async load() {
    try {
      this.#views = (await get("views", { project: currentProject(), page: this.#page })).views;
    } catch {
      this.#views = [];
    }
    this.draw();
  }

  /** After every change of the address: a dot says that the view is not as it was saved. */
  draw() {
    const now = new URLSearchParams(location.search);
    const chosen = now.get("view");
    const query = lasting(now);
    patch(this.element, this.#views.map((view) => {
      const isChosen = view.id === chosen;
      const isChanged = isChosen && query !== lasting(new URLSearchParams(view.query));
      return h("a", { class: isChosen ? "chip on" : "chip", href: this.#address(view), "aria-current": isChosen ? "true" : null, title: isChanged ? "changed since it was saved: opens it as saved" : view.query },
        view.name, isChanged ? h("span", { class: "warn", "aria-label": "changed" }, " •") : null);
    }), h("button", { type: "button", class: "chip", id: "save-view", on: { click: () => this.#ask() } }, this.#views.length ? "views…" : "save view"));
  }

  #address(view) {
    const url = pageURL(`${this.#page}/`);
    url.search = view.query;
    for (const name of momentary) url.searchParams.delete(name);
    url.searchParams.set("project", currentProject());
    url.searchParams.set("view", view.id);
    return url;
  }

  /** Saves what is on the screen under a name; lists what there is, to copy or delete. */
  #ask() {
    const complaint = h("div", {});
    const list = h("ul", { class: "files" });
    const name = h("input", { class: "text-input", name: "view-name", "aria-label": "Name of the view", placeholder: "name, such as diverged at 430M", maxlength: "120", autocomplete: "off", required: true });
    const form = h("form", { class: "bar view-form", on: { submit: (event) => { event.preventDefault(); save(); } } }, name, h("button", { type: "submit", class: "button primary" }, "Save this view"));
    const dialog = showDialog("Saved views", form, complaint, list);
    const rows = () => fill(list, this.#views.map((view) => h("li", { class: "bar" }, h("a", { href: this.#address(view) }, view.name), h("span", { class: "spacer" }),
      copyButton("Copy link", () => String(this.#address(view)), "quiet"),
      h("button", { type: "button", class: "quiet", "aria-label": `Delete the view ${view.name}`, on: { click: () => act(() => send("DELETE", `views/${view.id}`)) } }, "✕"))));
    const act = async (action) => {
      try {
        await action();
        await this.load();
        rows();
      } catch (error) {
        fill(complaint, errorBanner(error, null));
      }
    };
    const save = () => act(async () => {
      const query = lasting(new URLSearchParams(location.search));
      const view = await send("POST", "views", { project: currentProject(), page: this.#page, name: name.value.trim(), query });
      dialog.close();
      const url = new URL(location.href);
      url.searchParams.set("view", view.id);
      history.replaceState(null, "", url);
      dispatchEvent(new PopStateEvent("popstate"));
    });
    rows();
    name.focus();
  }
}

/** What a view keeps of an address, in an order of its own so that two can be compared. */
function lasting(query) {
  const kept = new URLSearchParams([...query].filter(([name]) => !momentary.includes(name)));
  kept.sort();
  return kept.toString();
}
