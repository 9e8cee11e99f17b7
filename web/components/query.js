// The query line: the language of the API and the CLI, with completion, and the error under its character.

import { debounce, fill, h } from "../lib/dom.js";
import { complete } from "./completion.js";

export class QueryLine {
  #input;
  #complaint;
  #source;
  #list = h("ul", { class: "choices", role: "listbox", id: "query-choices", "aria-label": "What may come next", hidden: true });
  #found = null;
  #place = -1;
  #change;
  element;

  /** `source` {names(), values(name)} knows what may be typed; without it nothing is offered. */
  constructor(value, onChange, source = null) {
    this.#source = source;
    this.#complaint = h("div", { class: "complaint", role: "status", id: "query-complaint", hidden: true });
    this.#change = debounce(350, () => onChange(this.#input.value.trim()));
    this.#input = h("input", {
      class: "text-input", type: "text", value, spellcheck: "false", autocomplete: "off", role: "combobox", "aria-expanded": "false",
      "aria-controls": "query-choices", "aria-autocomplete": "list",
      "aria-label": "Filter runs", "aria-describedby": "query-complaint", id: "query",
      placeholder: "N = 430M and status = finished", maxlength: "2000",
      on: { input: () => { this.#change(); this.#offer(); }, keydown: (event) => this.#press(event), blur: () => this.#close(), focus: () => this.#input.value === "" && this.#offer() },
    });
    this.element = h("div", { class: "query" }, this.#input, this.#complaint, this.#list);
  }

  get value() {
    return this.#input.value.trim();
  }

  set value(text) {
    if (text !== this.#input.value.trim()) this.#input.value = text;
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  /** Shows why the server refused the query; null takes it away. Places count from 0. */
  complain(error) {
    this.#input.setAttribute("aria-invalid", String(Boolean(error)));
    this.#complaint.hidden = !error;
    if (!error) return;
    const offset = /(?:character|offset|position) (\d+)/.exec(error.message)?.[1];
    const leading = this.#input.value.length - this.#input.value.trimStart().length;
    const caret = offset ? `${" ".repeat(leading + Number(offset))}^\n` : "";
    this.#complaint.textContent = caret + error.message;
  }

  #offer() {
    const at = this.#input.selectionStart;
    this.#found = this.#source && at === this.#input.selectionEnd ? complete(this.#input.value.slice(0, at), this.#source) : null;
    this.#place = -1;
    this.#list.hidden = !this.#found;
    this.#input.setAttribute("aria-expanded", String(Boolean(this.#found)));
    this.#input.removeAttribute("aria-activedescendant");
    fill(this.#list, (this.#found?.items ?? []).map((item, index) => h("li", {
      role: "option", id: `query-choice-${index}`, "aria-selected": "false",
      on: { mousedown: (event) => { event.preventDefault(); this.#take(index); } },
    }, h("span", {}, item.text), h("small", { class: "dim" }, item.hint))));
  }

  #close() {
    this.#found = null;
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
  }

  #press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      if (this.#found) this.#close();
      else this.#input.blur();
    } else if (step) {
      event.preventDefault();
      if (!this.#found) this.#offer();
      if (this.#found) this.#mark(step);
    } else if ((event.key === "Enter" || event.key === "Tab") && this.#found && this.#place >= 0) {
      event.preventDefault();
      this.#take(this.#place);
    }
  }

  #mark(step) {
    const count = this.#found.items.length;
    this.#place = this.#place < 0 ? (step > 0 ? 0 : count - 1) : (this.#place + step + count) % count;
    for (const [index, row] of [...this.#list.children].entries()) row.setAttribute("aria-selected", String(index === this.#place));
    this.#input.setAttribute("aria-activedescendant", `query-choice-${this.#place}`);
    this.#list.children[this.#place].scrollIntoView({ block: "nearest" });
  }

  #take(index) {
    const { from, items } = this.#found;
    this.#input.setRangeText(`${items[index].text} `, from, this.#input.selectionStart, "end");
    this.#change();
    this.#offer();
  }
}
