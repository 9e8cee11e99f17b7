// Buttons that copy text, and snippets with such a button.

import { h } from "../lib/dom.js";

/** `text` may be a function, asked at the click; it may take its time. */
export function copyButton(label, text, look = "button") {
  const button = h("button", { type: "button", class: look, on: { click: copy } }, label);
  async function copy() {
    const value = typeof text === "function" ? await text() : text;
    button.textContent = (await copyText(value)) ? "Copied" : "Copy failed";
    setTimeout(() => (button.textContent = label), 1600);
  }
  return button;
}

export function snippet(text) {
  return h("div", { class: "snippet" },
    h("pre", { tabindex: "0" }, h("code", {}, text)), copyButton("Copy", text));
}

/** True when the clipboard has it. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeThroughSelection(text);
  }
}

/** For pages that are not served over a secure origin, where the clipboard object is missing. */
function writeThroughSelection(text) {
  const area = h("textarea", { class: "visually-hidden", value: text });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
