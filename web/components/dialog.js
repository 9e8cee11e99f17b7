// A dialog that exists while it is open; Escape and "Close" end it, focus goes back by itself.

import { h } from "../lib/dom.js";

/** Shows `children` under a title; answers the element, whose `close()` ends it. */
export function showDialog(title, ...children) {
  const dialog = h("dialog", { class: "card pad dialog", "aria-label": title },
    h("h2", {}, title), children,
    h("form", { method: "dialog" }, h("button", { class: "button" }, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
