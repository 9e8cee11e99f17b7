// Runs marked for a comparison: how many, and where to go with them.

import { pageURL } from "../lib/api.js";
import { h, patch } from "../lib/dom.js";

const comparedAtMost = 8;

export class Selection {
  #model;
  #table;
  element = h("span", { class: "bar", id: "selection" });

  constructor(model, table) {
    this.#model = model;
    this.#table = table;
  }

  toggle(id) {
    this.#model.toggleSelected(id);
    this.#table.refresh([id]);
    this.draw();
  }

  clear() {
    const before = this.#model.state.sel;
    this.#model.update({ sel: [] });
    this.#table.refresh(before);
    this.draw();
  }

  compare() {
    if (this.#model.state.sel.length > 1) location.href = this.#address;
  }

  draw() {
    const marked = this.#model.state.sel.length;
    patch(this.element, marked ? [
      marked > 1 ? h("a", { class: "button primary", id: "compare", href: this.#address },
        marked > comparedAtMost ? `Compare the first ${comparedAtMost} of ${marked}` : `Compare ${marked} runs`)
        : h("span", { class: "dim" }, "1 selected: one more to compare"),
      h("button", { type: "button", class: "chip", on: { click: () => this.clear() } }, "clear selection"),
    ] : []);
  }

  get #address() {
    const { project, sel } = this.#model.state;
    return pageURL("compare/", { project, runs: sel.slice(0, comparedAtMost).join(",") });
  }
}
