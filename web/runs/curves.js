// From series columns to the traces of one panel, and live points onto their end.

import { duration, logTicks, si, wire } from "../lib/format.js";
import { role } from "./model.js";
import { outliers, smoothed } from "./lines.js";

const schedules = /(^|[/_.])(lr|learning_rate|momentum|beta\d?|weight_decay|schedule|epoch)($|[/_.])/i;

export const axes = {
  tokens: { title: "tokens", type: "linear" },
  flops: { title: "FLOPs", type: "linear" },
  step: { title: "step", type: "linear" },
  relative: { title: "seconds since start", type: "linear" },
  time: { title: "time", type: "date" },
};

/** A place on an axis, with its unit. */
export function writePlace(axis, value) {
  if (axis === "relative") return duration(value);
  if (axis === "time") return new Date(value).toLocaleString();
  return `${si(value)} ${axis === "step" ? "steps" : axes[axis]?.title ?? ""}`;
}

/** Columns as numbers; times become the milliseconds that date axes want. */
export function readSeries(answer, axis) {
  const scale = axis === "time" ? 1e-3 : 1;
  return {
    run: answer.run,
    x: answer.x.map((value) => wire(value) * scale),
    last: answer.last.map(wire),
    min: answer.min.map(wire),
    max: answer.max.map(wire),
    count: answer.count,
    appended: 0,
  };
}

/** Adds live points; false when they do not simply continue the line. */
export function appendPoints(series, points, axis, run) {
  for (let index = 0; index < points.steps.length; index += 1) {
    const x = place(points.steps[index], points.times[index], axis, run, series.source);
    const end = series.x.at(-1) ?? -Infinity;
    if (x === null || x < end) return false;
    if (x === end) continue;
    const value = wire(points.values[index]);
    series.x.push(x);
    series.last.push(value);
    series.min.push(value);
    series.max.push(value);
    series.count.push(1);
    series.appended += 1;
  }
  return true;
}

/** Where a live point stands; null where only the server knows, as on axes made from a logged metric. */
function place(step, time, axis, run, source) {
  if (axis === "step") return step;
  if (axis === "time") return time / 1000;
  const batch = axis === "tokens" && source === "batchTokens * step" ? role(run, "batchTokens") : null;
  return batch ? step * batch : null;
}

/** What is set in advance is never smoothed. */
const isSchedule = (metric) => schedules.test(metric);

/** Whether the values of this panel are on a logarithmic axis: as all, or as asked for it alone. */
export const hasLogarithm = (metric, state) => Boolean(state.logy) !== (state.otherlog ?? []).includes(metric);

/**
 * `list`: [{series, run, look: {color, dash}, bold}] → {data, layout} for the figure element.
 * `layout.meta.outliers` counts the values far from all others, which are out of sight unless `clip` is false.
 */
export function panelSpec(metric, list, state) {
  const smoothing = isSchedule(metric) ? "0" : state.smooth;
  const data = list.flatMap((item) => traces(item, smoothing, list.length <= 12));
  const logy = hasLogarithm(metric, state);
  const far = logy ? null : outliers(list.map(({ series }) => series));
  const isLarge = list.some(({ series }) => series.last.some((value) => Math.abs(value) >= 1e4));
  const lost = list.flatMap(({ series }) => series.x.filter((_, index) => !Number.isFinite(series.last[index])));
  if (lost.length) data.push(lostTrace(lost));
  const ends = list.map(({ series }) => [series.x[0], series.x.at(-1)]);
  const layout = panelLayout(state, logy, ends);
  if (far && state.clip !== false) layout.yaxis.range = far.range;
  if (isLarge) Object.assign(layout.yaxis, logy ? { tickformat: "~s" } : { exponentformat: "B" });
  const { title } = axes[state.x] ?? axes.step;
  return { data, layout: { ...layout, meta: { summary: `${metric} over ${title} of ${list.length} runs`, outliers: far?.count ?? 0 } } };
}

/** `ends`: the first and the last place of every line. */
export function panelLayout(state, logy, ends) {
  const axis = axes[state.x] ?? axes.step;
  const range = state.from && state.to ? [Number(state.from), Number(state.to)] : undefined;
  const logx = state.logx && axis.type === "linear";
  const ranged = logx ? range?.map((value) => Math.log10(Math.max(value, 1e-9))) : range;
  const title = logx && ends.flat().some((place) => place <= 0) ? `${axis.title} (from the first above 0)` : axis.title;
  return {
    xaxis: { title: { text: title }, type: logx ? "log" : axis.type, range: ranged, exponentformat: "B", ...(logx ? marks(state.x, ends) : {}) },
    // With a format of their own the marks between the decades are whole numbers and not tiny digits; more of them would collide.
    yaxis: { type: logy ? "log" : "linear", exponentformat: "power", tickmode: "auto", ...(logy ? { tickformat: "~g", nticks: 3 } : {}) },
    yaxis2: { overlaying: "y", range: [0, 1], visible: false, fixedrange: true },
    showlegend: false, hovermode: "closest", hoverdistance: 40, margin: { l: 48, r: 12, t: 6, b: 34 },
    uirevision: `${state.x}|${logx}|${logy}|${state.clip}|${state.q}|${state.from}|${state.to}`,
  };
}

/** Written with our own units, also where the library would write superscripts and tiny digits. */
function marks(axis, ends) {
  const all = ends.flat();
  const high = Math.max(...all);
  // Where a line begins at zero, its first place above that is not at hand.
  const low = all.every((place) => place > 0) ? Math.min(...all) : Math.min(high, axis === "step" ? 1 : high / 1e3);
  return logTicks(low, high, si, [1]);
}

function traces({ series, run, look: { color, dash }, bold }, smoothing, banded) {
  const finite = series.last.map((value) => (Number.isFinite(value) ? value : null));
  const mode = series.x.length === 1 ? "markers" : "lines";
  const base = { x: series.x.slice(), type: "scatter", mode, name: plainText(run.name) };
  const look = { line: { color, dash, width: bold ? 2.6 : 1.4 }, marker: { color, size: 7 } };
  // The figure says where the pointer is; the list of values beside it is drawn by the page.
  const hover = { hoverinfo: "none" };
  if (smoothing !== "0" && series.x.length > 2) {
    return [
      { ...base, y: finite, ...look, opacity: 0.25, hoverinfo: "skip", meta: { role: "curve", run: run.id, label: run.name, isRaw: true } },
      { ...base, y: smoothed(series.x, finite, smoothing), ...look, ...hover, meta: { role: "curve", run: run.id, label: run.name } },
    ];
  }
  const line = { ...base, y: finite, ...look, ...hover, meta: { role: "curve", run: run.id, label: run.name } };
  return banded && series.count.some((count) => count > 1) ? [bandTrace(series, color), line] : [line];
}

function bandTrace(series, color) {
  const keep = series.x.map((_, index) => index).filter((index) =>
    Number.isFinite(series.min[index]) && Number.isFinite(series.max[index]));
  const back = keep.toReversed();
  return {
    x: [...keep, ...back].map((index) => series.x[index]),
    y: [...keep.map((index) => series.max[index]), ...back.map((index) => series.min[index])],
    type: "scatter", mode: "lines", fill: "toself", line: { width: 0, color }, hoverinfo: "skip",
    fillcolor: color.replace(/^rgb\((.*)\)$/, "rgba($1, 0.15)"), meta: { role: "range" },
  };
}

/** Values that are no numbers are marked at the top edge, never left out silently. */
function lostTrace(x) {
  return {
    x, y: x.map(() => 0.97), yaxis: "y2", type: "scatter", mode: "markers", name: "NaN or infinite",
    hovertemplate: "not a finite number<extra></extra>", meta: { role: "lost" },
  };
}

/** Charts understand some markup in names; ours is text. */
export function plainText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
