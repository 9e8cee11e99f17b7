// The query line: the language of the API and the CLI, with the error under its character.

import { debounce, h } from "../lib/dom.js";

export class QueryLine {
  #input;
  #complaint;
  element;

  constructor(value, onChange) {
    this.#complaint = h("div", { class: "complaint", role: "status", id: "query-complaint", hidden: true });
    const change = debounce(350, () => onChange(this.#input.value.trim()));
    this.#input = h("input", {
      class: "text-input", type: "text", value, spellcheck: "false", autocomplete: "off",
      "aria-label": "Filter runs", "aria-describedby": "query-complaint", id: "query",
      placeholder: "parameterCount = 430M and peakLearningRate < 5e-3 and status = finished", maxlength: "2000",
      on: { input: change, keydown: (event) => event.key === "Escape" && this.#input.blur() },
    });
    this.element = h("div", { class: "query" }, this.#input, this.#complaint);
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

  /** Shows why the server refused the query; null takes it away. */
  complain(error) {
    this.#input.setAttribute("aria-invalid", String(Boolean(error)));
    this.#complaint.hidden = !error;
    if (!error) return;
    const offset = /(?:character|offset|position) (\d+)/.exec(error.message)?.[1];
    const caret = offset ? `${" ".repeat(Math.max(0, Number(offset) - 1))}^ ` : "";
    this.#complaint.textContent = caret + error.message;
  }
}
