// Runs to launch, as a table and as text that a launcher reads.

import { h } from "../lib/dom.js";
import { percent, rate, si } from "../lib/format.js";
import { copyButton } from "./copy.js";

/** `plan`: {runs, totalFLOPs}, runs with their part of the gain where it is known; `tools` come after the ways to copy. */
export function runPlan(title, { runs, totalFLOPs }, { id, sequenceLength = null, tools = [] }) {
  const hasGain = runs.some((run) => run.gainShare !== undefined);
  // One reason for all is said once.
  const reasons = [...new Set(runs.map((run) => run.reason))];
  const isOne = reasons.length === 1 && runs.length > 1;
  const heads = ["model size N", "tokens D", "learning rate", "batch", "FLOPs", ...(hasGain ? ["of the gain"] : [])];
  const settings = () => runs.map((run) => launch(run, Number(sequenceLength)));
  return [
    h("header", {}, h("h3", {}, title), h("small", {}, `${rate(totalFLOPs)} FLOPs in all${isOne ? ` · ${reasons[0]}` : ""}`),
      h("div", { class: "tools" }, copyButton("Copy JSON", () => JSON.stringify(settings(), null, 2)), copyButton("YAML", () => yaml(settings())), tools)),
    h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table", id },
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { class: "number" }, name)), isOne ? null : h("th", {}, "why"))),
      h("tbody", {}, runs.map((run) => h("tr", {}, cells(run, hasGain), isOne ? null : h("td", { class: "wrap" }, run.reason)))))),
  ];
}

function cells(run, hasGain) {
  const texts = [si(run.parameterCount), si(run.tokenCount), rate(run.peakLearningRate ?? null), si(run.batchTokens ?? null), rate(run.flops),
    ...(hasGain ? [percent(100 * run.gainShare)] : [])];
  return texts.map((text) => h("td", { class: "number" }, text));
}

/** What to set for a run, under the names that the command line writes too. */
function launch(run, length) {
  const batch = run.batchTokens;
  const settings = {
    parameterCount: Math.round(run.parameterCount), tokenCount: Math.round(run.tokenCount),
    peakLearningRate: run.peakLearningRate, batchTokens: batch && Math.round(batch),
    batchSequences: batch && length ? Math.max(1, Math.round(batch / length)) : undefined,
    stepCount: batch ? Math.ceil(run.tokenCount / batch) : undefined,
    flops: run.flops, reason: run.reason,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null));
}

/** YAML 1.1 takes 1e-3 for a text: a number with an exponent needs its point and its sign. */
function yaml(runs) {
  const text = (value) => (typeof value === "string" ? JSON.stringify(value)
    : String(value).replace(/^(-?\d+)e/, "$1.0e").replace(/e(\d)/, "e+$1"));
  return runs.length ? runs.map((run) => `- ${Object.entries(run).map(([name, value]) => `${name}: ${text(value)}`).join("\n  ")}\n`).join("") : "[]\n";
}
