// A figure with its title, caption and the ways to take it elsewhere.

import { apiURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { copyButton } from "./copy.js";
import "./figure.js";

/** `source`: {kind, query} of the figure API when the figure has an address of its own. */
export function figureCard(title, { tall = false, source = null, extra = [], id = null } = {}) {
  const figure = h("il-figure", { "data-tall": tall, id });
  const caption = h("small", {});
  const menu = h("details", { class: "menu" }, h("summary", { "aria-label": `Menu of ${title}` }, "⋯"));
  const heading = h("h3", {}, title);
  const card = h("section", { class: "card figure-card" },
    h("header", {}, heading, caption, h("div", { class: "tools" }, extra, menu)), figure);
  const show = (from) => menu.replaceChildren(menu.firstChild, h("div", {}, actions(from, figure, card, title, menu)));
  show(source);
  figure.addEventListener("keydown", (event) => event.key === "f" && fullScreen(card));
  return { card, figure, heading, caption, setSource: show };
}

function actions(source, figure, card, title, menu) {
  const name = title.replace(/[^a-z0-9]+/gi, "-").toLowerCase();
  const item = (label, action) => h("button", {
    type: "button", on: { click: () => { menu.open = false; action(); } },
  }, label);
  const items = [
    item("Full screen", () => fullScreen(card)),
    item("Show data", () => figure.toggleData()),
    item("Save as PNG", () => figure.saveImage("png", name)),
    item("Save as SVG", () => figure.saveImage("svg", name)),
  ];
  if (!source) return items;
  const address = apiURL(`figures/${source.kind}`, source.query);
  const csv = apiURL(`figures/${source.kind}`, { ...source.query, format: "csv" });
  return [...items,
    h("a", { href: csv, download: `${name}.csv` }, "Save as CSV"),
    h("a", { href: address, target: "_blank", rel: "noopener" }, "Figure as JSON"),
    copyButton("Copy Python", () => python(address), "")];
}

function python(address) {
  return "import urllib.request, plotly.io\n"
    + `figure = plotly.io.from_json(urllib.request.urlopen("${address}").read().decode())\n`
    + "figure.show()\n";
}

function fullScreen(card) {
  if (document.fullscreenElement) document.exitFullscreen();
  else card.requestFullscreen?.();
}

/** Puts the server's own sentence beside the title. */
export function setCaption(caption, text) {
  fill(caption, text ?? "");
}
