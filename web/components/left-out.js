// Runs that a fit did not use, by reason, each leading to the run.

import { pageURL } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { percent, plural } from "../lib/format.js";
import { leftOutCount } from "./fit-state.js";

const namedRuns = 60;
const namedAtOnce = 20;

/** One fold a reason, the commonest first. */
export function leftOutReasons(fit, project) {
  const list = fit.leftOut ?? [];
  // The reason of a run that another one beat names that run: such reasons differ in the name alone.
  const kind = ({ reason }) => reason.replace(/^\S+, of the same/, "another run, of the same");
  const reasons = [...Map.groupBy(list, kind)].toSorted((a, b) => b[1].length - a[1].length);
  return [
    reasons.map(([reason, runs]) => h("details", { open: list.length <= namedAtOnce },
      h("summary", {}, `${plural(runs.length, "run")} (${percent((100 * runs.length) / list.length)}): ${reason}`),
      h("p", { class: "dim" }, runs.slice(0, namedRuns).map((run, index) => [index ? ", " : "", name(run, project)]), runs.length > namedRuns ? ", …" : ""))),
    list.length < leftOutCount(fit) ? h("p", { class: "dim" }, `The first ${list.length} are listed.`) : null,
  ];
}

function name(run, project) {
  const text = run.runName ?? run.name ?? run.run ?? "";
  return run.runID ? h("a", { href: pageURL("run/", { project, id: run.runID }) }, text || run.runID.slice(0, 8)) : text;
}

/** All of it as a card, or null where nothing was left out. */
export function leftOutCard(fit, project) {
  const total = leftOutCount(fit);
  return total ? h("section", { class: "card pad", id: "left-out" }, h("h3", {}, `${plural(total, "run")} left out, and why`), leftOutReasons(fit, project)) : null;
}
