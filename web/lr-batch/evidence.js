// Why the fit should be believed, or not: cells, held-out regret, runs left out.

import { h } from "../lib/dom.js";
import { loss, percent, plural, rate, si, wire } from "../lib/format.js";

/** The largest measured cell: the nearest thing to the next question. */
export function defaultTarget(fit, state) {
  const cells = fit.cells ?? [];
  const largest = cells.toSorted((a, b) => size(b) - size(a))[0];
  if (!largest) return { parameters: state.parameters || 1e8, tokens: state.tokens || 2e9 };
  return {
    parameters: state.parameters || cellN(largest),
    tokens: state.tokens || cellD(largest),
  };
}

const cellN = (cell) => wire(cell.parameterCount);
const cellD = (cell) => wire(cell.tokenCount);
const size = (cell) => cellN(cell) * cellD(cell);

export function evidence(fit) {
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "Cells of the fit"), h("small", {}, score(fit))),
    h("div", { class: "scroll", css: { "max-height": "190px" }, tabindex: "0" }, h("table", { class: "table", id: "cells" },
      h("thead", {}, h("tr", {}, ["N", "D", "runs", "best loss", "at LR", "batch"].map((name) => h("th", { class: "number" }, name)))),
      h("tbody", {}, (fit.cells ?? []).map(cellRow)))),
    leftOut(fit.leftOut ?? []));
}

function cellRow(cell) {
  return h("tr", {},
    [si(cellN(cell)), si(cellD(cell)), `${cell.runCount ?? ""}${cell.divergedCount ? ` (${cell.divergedCount} diverged)` : ""}`,
      loss(cell.bestLoss), rate(cell.bestLearningRate), si(cell.bestBatchTokens)]
      .map((text) => h("td", { class: "number" }, text)));
}

function score(fit) {
  const scores = fit.crossValidation;
  if (!scores?.snap) return "";
  return `left-out regret ${percent(scores.snap.mean)} mean, ${percent(scores.snap.max)} worst`;
}

function leftOut(list) {
  if (!list.length) return null;
  return h("footer", {}, h("details", {}, h("summary", {}, `${plural(list.length, "run")} left out: why`),
    h("ul", {}, list.slice(0, 100).map((item) => h("li", {}, `${item.runName ?? item.name ?? ""}: ${item.reason ?? item.message ?? ""}`)))));
}
