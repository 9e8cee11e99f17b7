// Runs marked for a comparison: how many, and where to go with them.

import { pageURL } from "../lib/api.js";
import { debounce, h, patch } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { keptAtMost } from "./model.js";

const comparedAtMost = 8;
const rest = 800;

export class Selection {
  #model;
  #table;
  #changed;
  #keep = debounce(rest, () => this.#model.keepSelection());
  element = h("span", { class: "bar", id: "selection" });

  /** `onChange()` is called after the runs themselves were changed. */
  constructor(model, table, onChange) {
    this.#model = model;
    this.#changed = onChange;
    this.#table = table;
  }

  toggle(id) {
    this.mark([id], !this.#model.state.sel.includes(id));
  }

  mark(ids, on) {
    this.#model.select(ids, on);
    this.#keep();
    this.#table.refresh(ids);
    this.draw();
  }

  clear() {
    const before = this.#model.state.sel;
    this.#model.update({ sel: [], selection: "" });
    this.#table.refresh(before);
    this.draw();
  }

  compare() {
    if (this.#model.state.sel.length > 1) location.href = this.#address;
  }

  async act() {
    if (!this.#model.state.sel.length) return;
    const { showActions } = await import("./actions.js");
    showActions(this.#model.state.sel, (operation) => {
      if (operation === "delete") this.clear();
      this.#changed();
    });
  }

  draw() {
    const marked = this.#model.state.sel.length;
    patch(this.element, marked ? [
      marked > 1 ? h("a", { class: "button primary", id: "compare", href: this.#address },
        marked > comparedAtMost ? `Compare the first ${comparedAtMost} of ${count(marked)}` : `Compare ${marked} runs`)
        : h("span", { class: "dim" }, "1 selected"),
      marked > keptAtMost ? h("span", { class: "dim", title: `a link holds at most ${keptAtMost} marked runs` }, "not in the link") : null,
      h("button", { type: "button", class: "chip", id: "act", on: { click: () => this.act() } }, "group, tag, delete…"),
      h("button", { type: "button", class: "chip", on: { click: () => this.clear() } }, "clear"),
    ] : []);
  }

  get #address() {
    const { project, sel } = this.#model.state;
    return pageURL("compare/", { project, runs: sel.slice(0, comparedAtMost).join(",") });
  }
}
