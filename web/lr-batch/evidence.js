// Why the fit should be believed, or not: cells, held-out regret, runs left out.

import { leftOutCount } from "../components/fit-state.js";
import { leftOutReasons } from "../components/left-out.js";
import { h } from "../lib/dom.js";
import { loss, percent, plural, rate, si, wire } from "../lib/format.js";
import { currentProject } from "../lib/url-state.js";

const cellN = (cell) => wire(cell.parameterCount);
const cellD = (cell) => wire(cell.tokenCount);

export function evidence(fit) {
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "Cells of the fit"), h("small", {}, score(fit))),
    h("div", { class: "scroll", css: { "max-height": "190px" }, tabindex: "0" }, h("table", { class: "table", id: "cells" },
      h("thead", {}, h("tr", {}, ["N", "D", "runs", "best loss", "at LR", "batch"].map((name) => h("th", { class: "number" }, name)))),
      h("tbody", {}, (fit.cells ?? []).map(cellRow)))),
    leftOutCount(fit) ? h("footer", {}, h("details", {}, h("summary", {}, `${plural(leftOutCount(fit), "run")} left out: why`), leftOutReasons(fit, currentProject()))) : null);
}

function cellRow(cell) {
  return h("tr", {},
    [si(cellN(cell)), si(cellD(cell)), `${cell.runCount ?? ""}${cell.divergedCount ? ` (${cell.divergedCount} diverged)` : ""}`,
      loss(cell.best?.lossNats), rate(cell.best?.peakLearningRate ?? null), si(cell.best?.batchTokens ?? null)]
      .map((text) => h("td", { class: "number" }, text)));
}

/** How the law was chosen and what rules that know less would cost. */
export function choices(fit) {
  const batch = fit.batchForm === "tokens" ? "batch depends on D alone" : "batch depends on N and D";
  const rows = [
    ["this fit, cell left out", fit.crossValidation],
    ...(fit.baselines ?? []).map((item) => [item.title, item]),
    ...(fit.rivals ?? []).filter((item) => item.interpolated).map((item) => [`${item.title}, unfitted`, item]),
  ];
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "Does it beat simpler rules?"), h("small", {}, `${batch} · ${fit.estimator === "band" ? "near-optimal band" : "joint surface"}`)),
    h("div", { class: "scroll", css: { "max-height": "215px" }, tabindex: "0" }, h("table", { class: "table", id: "scores" },
      h("thead", {}, h("tr", {}, h("th", {}, "rule"), ["mean", "worst"].map((name) => h("th", { class: "number" }, `${name} regret`)))),
      h("tbody", {}, rows.map(([title, scores], index) => h("tr", { class: index === 0 ? "own" : "" }, h("td", { class: "wrap" }, title),
        h("td", { class: "number" }, percent(scores.interpolated.mean)), h("td", { class: "number" }, percent(scores.interpolated.max))))))),
    h("footer", {}, fit.estimatorReason));
}

function score(fit) {
  const scores = fit.crossValidation;
  if (!scores?.snap) return "";
  return `left-out regret ${percent(scores.interpolated.mean)} mean, ${percent(scores.interpolated.max)} worst`;
}
