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

/** What a law needs before it can be fitted, with runs to launch for it. `question`: {parameters, tokens, …} of the page. */
export function needs(title, text, { project, law, question }) {
  const runs = h("div", {});
  import("./first-runs.js").then(async ({ firstRuns }) => fill(runs, await firstRuns(project, law, question)));
  return [empty(title, text, firstRun(project)), runs];
}
