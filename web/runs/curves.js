// From series columns to the traces of one panel, and live points onto their end.

import { seriesColor } from "../components/figure-theme.js";
import { logTicks, si, wire } from "../lib/format.js";
import { role } from "./model.js";

const schedules = /(^|[/_.])(lr|learning_rate|momentum|beta\d?|weight_decay|schedule|epoch)($|[/_.])/i;

export const axes = {
  tokens: { title: "tokens", type: "linear" },
  flops: { title: "FLOPs", type: "linear" },
  step: { title: "step", type: "linear" },
  relative: { title: "seconds since start", type: "linear" },
  time: { title: "time", type: "date" },
};

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

/** Adds live points; false when they do not simply continue the line, or too many came. */
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
  return series.appended < 400;
}

/** Where a live point stands; null where only the server knows, as on axes made from a logged metric. */
function place(step, time, axis, run, source) {
  if (axis === "step") return step;
  if (axis === "time") return time / 1000;
  const batch = axis === "tokens" && source === "batchTokens * step" ? role(run, "batchTokens") : null;
  return batch ? step * batch : null;
}

/** `list`: [{series, run, colorIndex, bold}] → {data, layout} for the figure element. */
export function panelSpec(metric, list, state) {
  const smoothing = schedules.test(metric) ? 0 : Number(state.smooth);
  const data = list.flatMap((item) => traces(item, smoothing, list.length <= 12));
  const lost = list.flatMap(({ series }) => series.x.filter((_, index) => !Number.isFinite(series.last[index])));
  if (lost.length) data.push(lostTrace(lost));
  const axis = axes[state.x] ?? axes.step;
  const range = state.from && state.to ? [Number(state.from), Number(state.to)] : undefined;
  const logx = state.logx && axis.type === "linear";
  const ranged = logx ? range?.map((value) => Math.log10(Math.max(value, 1e-9))) : range;
  return {
    data,
    layout: {
      xaxis: { title: { text: axis.title }, type: logx ? "log" : axis.type, range: ranged, exponentformat: "B", ...tokenTicks(state.x, logx, list) },
      yaxis: { type: state.logy ? "log" : "linear", exponentformat: "power", tickmode: "auto" },
      yaxis2: { overlaying: "y", range: [0, 1], visible: false, fixedrange: true },
      showlegend: false, hovermode: "closest", margin: { l: 48, r: 12, t: 6, b: 34 },
      uirevision: `${state.x}|${logx}|${state.logy}|${state.q}|${state.from}|${state.to}`,
      meta: { summary: `${metric} over ${axis.title} of ${list.length} runs` },
    },
  };
}

/** Written with our own units, also where the library would write superscripts. */
function tokenTicks(axis, logarithmic, list) {
  if ((axis !== "tokens" && axis !== "flops") || !logarithmic) return {};
  const all = list.flatMap(({ series }) => [series.x[0], series.x.at(-1)]).filter((x) => x > 0);
  if (!all.length) return {};
  return logTicks(Math.min(...all), Math.max(...all), si, [1]);
}

function traces({ series, run, colorIndex, bold }, smoothing, banded) {
  const color = seriesColor(colorIndex);
  const finite = series.last.map((value) => (Number.isFinite(value) ? value : null));
  const mode = series.x.length === 1 ? "markers" : "lines";
  const base = { x: series.x, type: "scatter", mode, name: plainText(run.name), customdata: series.x.map(() => run.id) };
  const look = { line: { color, width: bold ? 2.6 : 1.4 }, marker: { color, size: 7 } };
  const hover = { hovertemplate: "%{y:.4g}<extra>%{fullData.name}</extra>" };
  if (smoothing > 0 && series.x.length > 2) {
    return [
      { ...base, y: finite, ...look, opacity: 0.25, hoverinfo: "skip", meta: { role: "curve" } },
      { ...base, y: smooth(series.x, finite, smoothing), ...look, ...hover, meta: { role: "curve" } },
    ];
  }
  const line = { ...base, y: finite, ...look, ...hover, meta: { role: "curve" } };
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

/** Exponential average with a window in units of x: `share` per cent of the line's extent. */
function smooth(x, y, share) {
  const window = ((x.at(-1) - x[0]) * share) / 100 || 1;
  let level = null;
  let before = x[0];
  return y.map((value, index) => {
    if (value === null) return null;
    const keep = level === null ? 0 : Math.exp(-(x[index] - before) / window);
    level = level === null ? value : keep * level + (1 - keep) * value;
    before = x[index];
    return level;
  });
}
