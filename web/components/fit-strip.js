// Where the numbers of a page come from, in one line shared by all pages of laws: how old the fit
// is, which runs it used and left out, and ways to fit again or to take it elsewhere.

import { apiURL, pageURL } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { ago, count, dateTime, percent, plural, shortID, wire } from "../lib/format.js";
import { copyButton } from "./copy.js";
import { fitRuns } from "./fit-state.js";

const conventions = { nonEmbedding: "without embeddings", total: "all parameters", active: "active parameters" };

/** `equation` of the law as fitted, if one line has it; `onRefit` fits again. */
export function fitStrip(record, { project, onRefit = null, equation = null }) {
  const fit = record.fit ?? {};
  const { used, leftOut } = fitRuns(record);
  return h("div", { class: "provenance", id: "fit-strip" },
    h("span", { title: dateTime(record.finishedAt).title }, `fitted ${ago(record.finishedAt)}`),
    h("span", {}, plural(used, "run"),
      fit.divergedCount ? `, ${count(fit.divergedCount)} diverged` : "",
      leftOut ? [" (", h("button", { type: "button", class: "link", id: "left-out-why", on: { click: () => showLeftOut(record, project) } }, `${count(leftOut)} left out: why`), ")"] : ""),
    h("a", { href: pageURL("fit/", { id: record.id }), title: "coefficients, residuals, runs used and left out" }, `fit ${shortID(record.id)}`),
    onRefit ? refit(record, onRefit) : null,
    h("a", { href: apiURL(`fits/${record.id}`), target: "_blank", rel: "noopener" }, "JSON"),
    copyButton("Python", () => inPython(record, project), "quiet"),
    fit.lossName ? h("span", {}, `loss: ${fit.lossName}`) : null,
    fit.parameterConvention ? h("span", { class: fit.parameterConvention === "unspecified" ? "warn" : "" }, `N counts: ${conventions[fit.parameterConvention] ?? fit.parameterConvention}`) : null,
    equation ? h("code", {}, equation) : null);
}

function refit({ staleRuns }, onRefit) {
  return staleRuns
    ? h("button", { type: "button", class: "link warn", id: "refit", on: { click: onRefit } }, `${plural(staleRuns, "run")} newer, refit`)
    : h("button", { type: "button", class: "quiet", id: "refit", on: { click: onRefit } }, "refit");
}

async function showLeftOut(record, project) {
  const [{ showDialog }, { leftOutReasons }] = await Promise.all([import("./dialog.js"), import("./left-out.js")]);
  showDialog(`${plural(fitRuns(record).leftOut, "run")} left out, and why`,
    h("div", { class: "scroll left-out" }, leftOutReasons(record.fit, project)),
    h("p", {}, h("a", { href: pageURL("fit/", { id: record.id }) }, "The fit: runs used, residuals, coefficients"), " · ",
      h("a", { href: pageURL("runs/", { project, roles: 1 }) }, "Which column is what")));
}

async function inPython(record, project) {
  const { stamp } = await import("./stamp.js");
  return `# ${stamp({ fitID: record.id, project })}\n`
    + `import json, urllib.request\nfit = json.load(urllib.request.urlopen("${apiURL(`fits/${record.id}`)}"))\nprint(fit["parameters"])\n`;
}

/** What stands behind a number of an answer: its interval, how many runs, by which method. */
export function proofOf(record, card, interval) {
  const found = record.diagnostics ?? record.fit?.diagnostics ?? {};
  const { used, leftOut } = fitRuns(record);
  const unseen = wire(found.heldOutErrorPercent ?? null);
  const draws = found.draws || record.fit?.draws?.length;
  const facts = [
    ["interval", interval || "none: a single value"],
    ["n", `${plural(used, "run")}${leftOut ? `, ${count(leftOut)} left out` : ""}`],
    ["method", [card?.title ?? record.law, draws ? `${count(draws)} refits${found.resampled ? `, resampling ${found.resampled}` : ""}` : found.resampled ? `resampling ${found.resampled}` : null].filter(Boolean).join("; ")],
    ["on runs left out", unseen === null ? null : `${percent(unseen)} ${/regret/.test(found.objectiveName) ? "regret" : "error"}`],
  ];
  return { facts: facts.filter(([, value]) => value !== null), href: pageURL("fit/", { id: record.id }) };
}
