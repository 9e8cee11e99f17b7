// Empty states: what to type to make the page useful.

import { fill, h } from "../lib/dom.js";

export function empty(title, text, ...rest) {
  return h("section", { class: "card empty" }, h("h2", {}, title), text ? h("p", {}, text) : null, rest);
}

/** The lines that log a first run, fetched where they are shown. */
export function firstRun(project) {
  const place = h("div", { class: "stack" });
  import("./first-run.js").then(({ firstRunLines }) => fill(place, firstRunLines(project)));
  return place;
}
