// <il-segmented>: one of a few choices, as buttons.

import { fill, h } from "../lib/dom.js";

class Segmented extends HTMLElement {
  #choices = [];
  #value = "";

  /** `choices`: [[value, label, title?]]. Fires "change" with `value` set. */
  set(label, choices, value) {
    this.#choices = choices;
    this.#value = value;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", label);
    this.classList.add("segmented");
    this.#render();
    return this;
  }

  get value() {
    return this.#value;
  }

  set value(value) {
    this.#value = value;
    for (const button of this.children) {
      button.setAttribute("aria-pressed", String(button.dataset.value === value));
    }
  }

  #render() {
    fill(this, this.#choices.map(([value, label, title]) =>
      h("button", {
        type: "button", title, data: { value }, "aria-pressed": String(value === this.#value),
        on: { click: () => this.#choose(value) },
      }, label)));
  }

  #choose(value) {
    if (value === this.#value) return;
    this.value = value;
    this.dispatchEvent(new Event("change"));
  }
}

customElements.define("il-segmented", Segmented);

export function segmented(label, choices, value, onChange) {
  const element = document.createElement("il-segmented").set(label, choices, value);
  element.addEventListener("change", () => onChange(element.value));
  return element;
}

/** A button that is on or off. */
export function toggle(label, on, onChange, title) {
  const button = h("button", {
    type: "button", class: "chip", title, "aria-pressed": String(on),
    on: {
      click: () => {
        const next = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(next));
        onChange(next);
      },
    },
  }, label);
  return button;
}
