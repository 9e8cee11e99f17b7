// The columns of the table of runs: what each says of a run, and which are shown.

import { spark } from "../components/spark.js";
import { h } from "../lib/dom.js";
import { ago, duration, loss, none, plain, rate, si, signed } from "../lib/format.js";
import { progress, remaining, role } from "./model.js";

export const phone = matchMedia("(max-width: 700px)");
const tones = { running: "ok", diverged: "bad", failed: "bad", stalled: "warn", killed: "warn" };
const leftAtMost = 4;
const size = (run) => role(run, "parameterCount") ?? role(run, "nonEmbeddingParameterCount");

/** `value(run)` of a column that is shown only where a listed run has one. */
const columns = [
  { id: "state", label: "State", sort: "status", cell: stateCell },
  { id: "tokens", label: "tokens", sort: "roles.tokenCount", number: true, value: (run) => role(run, "tokenCount"), write: si },
  { id: "loss", label: "loss", sort: "roles.loss", number: true, cell: lossCell },
  { id: "delta", label: "Δ base", number: true, cell: deltaCell },
  { id: "trend", label: "trend", optional: true, cell: trendCell },
  { id: "lr", label: "LR", sort: "roles.peakLearningRate", number: true, value: (run) => role(run, "peakLearningRate"), write: rate },
  { id: "batch", label: "batch", sort: "roles.batchTokens", number: true, optional: true, value: (run) => role(run, "batchTokens"), write: si },
  { id: "size", label: "N", sort: "roles.parameterCount", number: true, optional: true, value: size, write: si },
].map((column) => (column.value ? { ...column, cell: (run) => column.write(column.value(run)) } : column));

/** All columns of the address, those that are kept at the left first. */
export function columnsOf({ state: { cols, pin, left, sort, group }, runs, hasCurves }) {
  const isShown = ({ id, value, sort: own }) => (id === "delta" ? pin : id === "trend" ? hasCurves && !group
    : !value || own === sort.replace(/^-/, "") || runs.some((run) => value(run) !== null));
  const extra = cols.map((name) => ({ id: name, label: name.replace(/^\w+\./, ""), sort: name, number: name.startsWith("metrics."), cell: (run) => extraCell(run, name) }));
  const all = [...columns.filter(isShown), ...extra];
  if (!left.length || phone.matches) return all;
  const kept = left.map((id) => all.find((column) => column.id === id)).filter(Boolean).slice(0, leftAtMost);
  return [...kept.map((column, index) => ({ ...column, left: `left left-${index}` })), ...all.filter((column) => !kept.includes(column))];
}

function stateCell(run) {
  const state = run.state ?? run.status;
  const share = state === "running" ? progress(run) : null;
  const title = `last sign of life ${ago(run.heardAt ?? run.updatedAt)}`;
  const silent = state === "stalled" ? ` ${duration(Math.max(0, Date.now() / 1000 - (run.heardAt ?? run.updatedAt) / 1e6))}` : "";
  if (share === null) return h("span", { class: tones[state] ?? "dim", title }, state, silent, lost(run));
  const left = remaining(run, share);
  return h("span", { class: "ok", title: left === null ? title : `about ${duration(left)} to go · ${title}` },
    h("span", { class: "meter" }, h("i", { css: { width: `${share * 100}%` } })), `${Math.round(share * 100)} %`,
    left === null ? null : h("small", { class: "dim" }, ` ${duration(left)}`), lost(run));
}

/** Values that were no numbers are said where the run is listed. */
function lost(run) {
  const metrics = Object.entries(run.metrics ?? {}).filter(([, metric]) => metric.notFinite > 0);
  return metrics.length ? h("span", { class: "bad", title: `not finite: ${metrics.map(([name, metric]) => `${name} ${metric.notFinite} times`).join(", ")}` }, " ▾") : null;
}

function lossCell(run) {
  const value = role(run, "loss");
  const text = value === null ? none : loss(value);
  return value !== null && !Number.isFinite(value) ? h("span", { class: "bad" }, text) : text;
}

/** Every fifth bucket is enough for a picture of 58 pixels. */
function trendCell(run, model, events) {
  const line = model.shown.includes(run.id) ? events.trend(run.id) : null;
  if (!line) return "";
  const every = Math.max(1, Math.floor(line.length / 60));
  const picture = spark(line.filter((_, index) => index % every === 0));
  picture?.style.setProperty("--swatch", model.look(run.id).color);
  return picture;
}

function deltaCell(run, model) {
  if (run.id === model.state.pin) return h("span", { class: "dim" }, "base");
  const base = model.run(model.state.pin);
  const own = role(run, "loss");
  const other = base ? role(base, "loss") : null;
  return own === null || other === null ? none : signed(own - other);
}

function extraCell(run, name) {
  if (name.startsWith("metrics.")) return plain(run.metrics?.[name.slice(8)]?.last);
  return run.params?.[name.slice(7)] ?? none;
}
