// A recommendation in words and numbers, shared by the pages that show one.

import { pageURL } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { count, loss, none, percent, plural, rate, si, wire } from "../lib/format.js";
import { beyond } from "./cautions.js";
import { copyButton } from "./copy.js";

export const lawID = "step-law";

/** Items for the answer strip. */
export function answerItems(answer) {
  const { peakLearningRate, batchTokens, batchSequences, plateau, predictedLoss, extrapolation, provenance } = answer;
  const given = answer.mode === "given-batch";
  return [
    { key: given ? "Learning rate for this batch" : "Best learning rate", value: rate(peakLearningRate.value), range: interval(peakLearningRate, rate) },
    {
      key: given ? "Batch, as given" : "Best batch", value: `${si(batchTokens.value)} tok`,
      range: [batchSequences ? `${count(Math.round(batchSequences.value))} seq` : null, given ? null : interval(batchTokens, si)].filter(Boolean).join(" · "),
    },
    plateau ? {
      key: `Safe zone (loss within +${percent(plateau.tolerance * 100)})`, value: `LR ${around(plateau.peakLearningRate, peakLearningRate.value)}`,
      range: plateau.batchTokens ? `batch ${around(plateau.batchTokens, batchTokens.value)}` : "",
    } : null,
    {
      key: "Predicted loss", value: predictedLoss ? loss(predictedLoss.value) : none,
      range: predictedLoss ? interval(predictedLoss, loss) : answer.predictedLossReason ?? "not predicted here",
    },
    {
      key: "Confidence", words: true, value: extrapolation.inside ? "inside data" : "outside data",
      tone: extrapolation.inside ? "ok" : "warn", title: extrapolation.note ?? "",
      range: `${distance(extrapolation)} · ${plural(provenance.runs, "run")}`,
    },
  ].filter(Boolean);
}

export function interval(value, format) {
  return value.low === null || value.low === undefined ? "" : `90 % ${format(value.low)} – ${format(value.high)}`;
}

/** A range as factors around its best value: "÷1.9 … ×2.1". */
export function around(range, best) {
  const factor = (ratio) => (ratio < 10 ? ratio.toFixed(1) : "10+");
  return `÷${factor(best / range.low)} … ×${factor(range.high / best)}`;
}

export function distance(reach) {
  return beyond(reach) || (reach.inside ? "between measured cells" : reach.note ?? "");
}

/** Who says what: this project's answer beside the published laws, with what each would cost. */
export function rivalTable(answer, { onToggle = null, hidden = new Set() } = {}) {
  const own = h("tr", { class: "own" },
    onToggle ? h("td", {}) : null,
    h("td", {}, "this project"), h("td", { class: "number" }, rate(answer.peakLearningRate.value)),
    h("td", { class: "number" }, si(answer.batchTokens.value)), h("td", { class: "number" }, "0"));
  const rows = (answer.rivals ?? []).map((rival) => h("tr", { title: [rival.citation, rival.note].filter(Boolean).join(" — ") },
    onToggle ? h("td", {}, rival.peakLearningRate && rival.batchTokens ? h("input", {
      type: "checkbox", checked: !hidden.has(rival.id), "aria-label": `Show ${rival.title}`,
      on: { change: (event) => onToggle(rival.id, event.target.checked) },
    }) : null) : null,
    h("td", { class: "wrap" }, rival.title),
    rival.refused
      ? h("td", { class: "dim wrap", colspan: "3" }, rival.refused)
      : [
        h("td", { class: "number" }, rate(rival.peakLearningRate ?? null)),
        h("td", { class: "number" }, si(rival.batchTokens ?? null)),
        h("td", { class: "number" }, cost(rival)),
      ]));
  return h("div", { class: "scroll" }, h("table", { class: "table", id: "rivals" },
    h("thead", {}, h("tr", {}, onToggle ? h("th", {}, h("span", { class: "visually-hidden" }, "Shown")) : null,
      h("th", {}, "Law"), ["LR", "batch", "+loss"].map((name) => h("th", { class: "number" }, name)))),
    h("tbody", {}, own, rows)));
}

function cost(rival) {
  const value = wire(rival.expectedRegretPercent ?? null);
  return value === null ? none : `+${percent(value)}`;
}

/** Where the numbers come from: fit, runs used and left out, equation. */
export function provenanceStrip(answer, extra = []) {
  const { provenance } = answer;
  return h("div", { class: "provenance" },
    h("span", {}, `${plural(provenance.runs, "run")}${leftOutText(provenance)} in ${plural(provenance.cells, "cell")}`),
    provenance.fitID ? h("a", { href: pageURL("fit/", { id: compact(provenance.fitID) }), title: "runs used and left out, and why" }, `fit ${compact(provenance.fitID).slice(0, 8)}: why?`) : null,
    h("span", {}, `loss: ${provenance.lossName}`),
    h("span", { class: provenance.parameterConvention === "unspecified" ? "warn" : "" }, `N counts: ${words(provenance.parameterConvention)}`),
    h("code", {}, provenance.equation), extra);
}

const compact = (id) => String(id).replaceAll("-", "");

function leftOutText({ leftOut, diverged }) {
  const parts = [diverged ? `${count(diverged)} diverged` : null, leftOut ? `${count(leftOut)} left out` : null];
  return parts.some(Boolean) ? ` (${parts.filter(Boolean).join(", ")})` : "";
}

function words(convention) {
  return { nonEmbedding: "without embeddings", total: "all parameters", active: "active parameters" }[convention] ?? convention ?? "unspecified";
}

/** JSON, YAML and the command that gives the same answer. */
export function takeAway(answer, state) {
  return [
    copyButton("Copy JSON", () => JSON.stringify(answer, null, 2)),
    copyButton("YAML", () => yaml(answer, state)),
    copyButton("CLI", () => command(state)),
  ];
}

function yaml(answer, state) {
  const lines = [
    `# Isoloss, project ${state.project}, fit ${answer.provenance.fitID ?? "-"}, 90 % ranges as comments`,
    `peak_learning_rate: ${answer.peakLearningRate.value.toPrecision(4)}  # ${interval(answer.peakLearningRate, rate)}`,
    `batch_tokens: ${Math.round(answer.batchTokens.value)}  # ${interval(answer.batchTokens, si)}`,
  ];
  if (answer.batchSequences) lines.push(`batch_sequences: ${Math.round(answer.batchSequences.value)}`);
  if (state.sequenceLength) lines.push(`sequence_length: ${state.sequenceLength}`);
  if (answer.predictedLoss) lines.push(`# predicted loss ${loss(answer.predictedLoss.value)}`);
  return `${lines.join("\n")}\n`;
}

function command(state) {
  const quoted = `'${state.project.replaceAll("'", "'\\''")}'`;
  const flags = [["parameters", state.parameters], ["tokens", state.tokens], ["flops", state.flops],
    ["batch-tokens", state.batchTokens], ["sequence-length", state.sequenceLength]];
  return `isoloss --server ${location.origin} recommend --project ${quoted} `
    + flags.filter(([, value]) => value).map(([name, value]) => `--${name} ${value}`).join(" ");
}
