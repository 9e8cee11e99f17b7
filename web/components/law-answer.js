// A recommendation in words and numbers, shared by the pages that show one.

import { h } from "../lib/dom.js";
import { count, loss, none, percent, plural, rate, si, wire } from "../lib/format.js";
import { beyond } from "./cautions.js";
import { copyButton } from "./copy.js";
import { proofOf } from "./fit-strip.js";

/** The largest measured cell: the nearest thing to the next question. */
export function defaultTarget(fit, { parameters, tokens }) {
  const cells = (fit.cells ?? []).map((cell) => ({ parameters: wire(cell.parameterCount), tokens: wire(cell.tokenCount) }));
  const [largest = { parameters: 1e8, tokens: 2e9 }] = cells.toSorted((a, b) => b.parameters * b.tokens - a.parameters * a.tokens);
  return { parameters: parameters || largest.parameters, tokens: tokens || largest.tokens };
}

/**
 * Items for the answer strip, each with what stands behind it. `zone` {percent, rate, batch} is the
 * safe zone that the page shows, else the one that came with the answer.
 */
export function answerItems(answer, record, zone = zoneOf(answer)) {
  const { peakLearningRate, batchTokens, batchSequences, predictedLoss, extrapolation, provenance, target } = answer;
  const given = answer.mode === "given-batch";
  const proof = (text) => proofOf(record, { title: methodOf(record) }, text);
  const [rates, batches] = [interval(peakLearningRate, rate), given ? "" : interval(batchTokens, si)];
  return [
    { key: `${given ? "Learning rate for this batch" : "Best learning rate"}, N ${si(target.parameterCount)}, D ${si(target.tokenCount)}`, value: rate(peakLearningRate.value), range: rates, proof: proof(rates) },
    {
      key: given ? "Batch, as given" : "Best batch", value: `${si(batchTokens.value)} tok`, proof: given ? null : proof(batches),
      range: [batchSequences ? `${count(Math.round(batchSequences.value))} seq` : null, batches].filter(Boolean).join(" · "),
    },
    zone ? {
      key: `Safe zone (loss within +${percent(zone.percent)})`, value: `LR ${around(zone.rate, peakLearningRate.value)}`,
      range: zone.batch ? `batch ${around(zone.batch, batchTokens.value)}` : "",
      proof: proof(`LR ${rate(zone.rate.low)} – ${rate(zone.rate.high)}${zone.batch ? `, batch ${si(zone.batch.low)} – ${si(zone.batch.high)}` : ""}`),
    } : null,
    {
      key: "Predicted loss", value: predictedLoss ? loss(predictedLoss.value) : none,
      range: predictedLoss ? [interval(predictedLoss, loss), predictedLoss.title ? "by the law of the loss" : null].filter(Boolean).join(" · ") : answer.predictedLossReason ?? "not predicted here",
      proof: predictedLoss && !predictedLoss.title ? proof(interval(predictedLoss, loss)) : null,
    },
    {
      key: "Confidence", words: true, value: extrapolation.inside ? "inside data" : "outside data",
      tone: extrapolation.inside ? "ok" : "warn", title: extrapolation.note ?? "",
      range: `${distance(extrapolation)} · ${plural(provenance.runs, "run")}`,
    },
  ].filter(Boolean);
}

function zoneOf({ plateau }) {
  return plateau ? { percent: plateau.tolerance * 100, rate: plateau.peakLearningRate, batch: plateau.batchTokens } : null;
}

export function methodOf({ fit }) {
  return `best learning rate and batch by ${fit?.estimator === "band" ? "the near-optimal band of each cell" : "a joint surface over all cells"}`;
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

/**
 * Who says what: this project's answer beside the published laws, with what each would cost: loss, or
 * by `worth` compute. `onToggle` hears which of the `drawn` laws are wanted.
 */
export function rivalTable(answer, { onToggle = null, drawn = new Set(), hidden = new Set(), worth = null } = {}) {
  const own = h("tr", { class: "own" },
    onToggle ? h("td", {}) : null,
    h("td", {}, "this project"), h("td", { class: "number" }, rate(answer.peakLearningRate.value)),
    h("td", { class: "number" }, si(answer.batchTokens.value)), h("td", { class: "number" }, "0"));
  const rows = (answer.rivals ?? []).map((rival) => h("tr", { title: [rival.citation, rival.note].filter(Boolean).join(" — ") },
    onToggle ? h("td", {}, drawn.has(rival.id) ? h("input", {
      type: "checkbox", checked: !hidden.has(rival.id), "aria-label": `Show ${rival.title}`,
      on: { change: (event) => onToggle(rival.id, event.target.checked) },
    }) : null) : null,
    h("td", { class: "wrap" }, drawn.has(rival.id) ? `◆ ${rival.title}` : rival.title),
    rival.refused
      ? h("td", { class: "dim wrap", colspan: "3" }, rival.refused)
      : [
        h("td", { class: "number" }, rate(rival.peakLearningRate ?? null)),
        h("td", { class: "number" }, si(rival.batchTokens ?? null)),
        h("td", { class: "number" }, cost(rival, worth)),
      ]));
  return h("div", { class: "scroll" }, h("table", { class: "table", id: "rivals" },
    h("thead", {}, h("tr", {}, onToggle ? h("th", {}, h("span", { class: "visually-hidden" }, "Shown")) : null,
      h("th", {}, "Law"), ["LR", "batch", worth ? "+compute" : "+loss"].map((name) => h("th", { class: "number" }, name)))),
    h("tbody", {}, own, rows)));
}

function cost(rival, worth) {
  const value = wire(rival.expectedRegretPercent ?? null);
  if (value === null) return none;
  const price = worth ? worth(value) : value;
  return Number.isFinite(price) ? `+${price >= 1e4 ? `${si(price)} %` : percent(price)}` : "no compute reaches it";
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
