// A figure with its title, caption and the ways to take it elsewhere.

import { fill, fullScreen, h } from "../lib/dom.js";
import "./figure.js";

/**
 * `source`: where the numbers have an address of their own: `{kind, query}` of the figure API, or
 * `{json}`, the address of a frozen figure, or `{csv}`, that of points which a page draws itself.
 */
export function figureCard(title, { tall = false, source = null, extra = [], id = null } = {}) {
  const figure = h("il-figure", { "data-tall": tall, id });
  const caption = h("small", {});
  const entries = h("div", {});
  const menu = h("details", { class: "menu" }, h("summary", { "aria-label": `Menu of ${title}`, title: "Save, copy, share, why?" }, "⋯"), entries);
  const heading = h("h3", {}, title);
  const card = h("section", { class: "card figure-card" },
    h("header", {}, h("div", { class: "heading" }, heading, " ", caption), h("div", { class: "tools" }, extra, menu)), figure);
  let from = source;
  menu.addEventListener("toggle", async () => {
    if (!menu.open) return;
    const { menuEntries } = await import("./figure-menu.js");
    fill(entries, menuEntries(from, figure, card, () => heading.textContent, menu));
  });
  figure.addEventListener("keydown", (event) => event.key === "f" && fullScreen(card));
  return { card, figure, heading, caption, setSource: (next) => { from = next; } };
}

/** Puts the server's own sentence beside the title. */
export function setCaption(caption, text) {
  fill(caption, text ?? "");
}
