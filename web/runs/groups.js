// Runs of one value of a hyperparameter as one line with a band: over all runs of the group, drawn or not.

import { finiteLine, valueAt } from "../compare/paired.js";
import { h } from "../lib/dom.js";
import { logTicks, plural, si } from "../lib/format.js";
import { seriesLook } from "../lib/theme.js";
import { axes, hasLogarithm, plainText } from "./curves.js";
import { groupedAtMost } from "./model.js";

const groupsAtMost = 8;
const places = 120;

/** The value that puts a run in its group. */
export function groupValue(run, key) {
  if (key === "group") return run.group ?? "no group";
  const [kind, name] = [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];
  return String((kind === "tags" ? run.tags : run.params)?.[name] ?? "not set");
}

/** [{value, runs}], by value; the values with the most runs when there are too many. */
export function groupsOf(runs, key) {
  const all = [...Map.groupBy(runs.slice(0, groupedAtMost), (run) => groupValue(run, key))].map(([value, members]) => ({ value, runs: members }));
  const kept = all.toSorted((a, b) => b.runs.length - a.runs.length).slice(0, groupsAtMost);
  return kept.toSorted((a, b) => a.value.localeCompare(b.value, undefined, { numeric: true }));
}

/** Middle, low and high of the lines at common places; only where at least half of them are. */
export function bandOf(lines, kind) {
  const ends = lines.filter((line) => line.x.length).map((line) => [line.x[0], line.x.at(-1)]);
  if (!ends.length) return { x: [], middle: [], low: [], high: [] };
  const from = Math.min(...ends.map(([first]) => first));
  const to = Math.max(...ends.map(([, last]) => last));
  const made = { x: [], middle: [], low: [], high: [] };
  for (let step = 0; step <= places; step += 1) {
    const at = from + ((to - from) * step) / places;
    const values = lines.map((line) => valueAt(line.x, line.y, at)).filter((value) => value !== null).toSorted((a, b) => a - b);
    if (!values.length || values.length * 2 < ends.length) continue;
    const [low, middle, high] = spread(values, kind);
    made.x.push(at);
    made.low.push(low);
    made.middle.push(middle);
    made.high.push(high);
    if (to === from) break;
  }
  return made;
}

/** `sorted` values → [low, middle, high]. */
export function spread(sorted, kind) {
  if (kind !== "mean") {
    const ends = kind === "quartiles" ? [0.25, 0.75] : [0, 1];
    return [quantile(sorted, ends[0]), quantile(sorted, 0.5), quantile(sorted, ends[1])];
  }
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  if (sorted.length < 2) return [mean, mean, mean];
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sorted.length - 1));
  const half = (studentAt95(sorted.length - 1) * deviation) / Math.sqrt(sorted.length);
  return [mean - half, mean, mean + half];
}

function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
}

/** Student's t at 97.5 %: exact for few runs, where it matters, and close beyond. */
function studentAt95(freedom) {
  const known = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
  return known[freedom - 1] ?? 1.96 + 2.4 / freedom;
}

/** The series of a panel as lines of numbers. */
export function groupLines(series) {
  return new Map([...series].map(([id, one]) => [id, finiteLine(one)]));
}

/** `groups` of groupsOf, `lines`: run id → {x, y} of numbers. */
export function groupSpec(metric, groups, lines, state) {
  const drawn = groups.map((group, index) => {
    const own = group.runs.map((run) => lines.get(run.id)).filter((line) => line?.x.length);
    return { ...group, index, count: own.length, band: bandOf(own, state.band) };
  }).filter((group) => group.band.x.length);
  const axis = axes[state.x] ?? axes.step;
  const logy = hasLogarithm(metric, state);
  const log = state.logx && axis.type === "linear";
  const all = drawn.flatMap((group) => group.band.x).filter((x) => x > 0);
  const key = state.group.replace(/^(params|tags)\./, "");
  const range = state.from && state.to ? [Number(state.from), Number(state.to)].map((end) => (log ? Math.log10(Math.max(end, 1e-9)) : end)) : undefined;
  return {
    data: drawn.flatMap((group) => traces(group, key)),
    layout: {
      xaxis: { title: { text: axis.title }, type: log ? "log" : axis.type, range, exponentformat: "B", ...(log && all.length ? logTicks(Math.min(...all), Math.max(...all), si, [1]) : {}) },
      yaxis: { type: logy ? "log" : "linear", exponentformat: "power" },
      showlegend: false, hovermode: "closest", margin: { l: 48, r: 12, t: 6, b: 34 },
      uirevision: `${state.x}|${log}|${logy}|${state.group}|${state.q}|${state.from}|${state.to}`,
      meta: { summary: `${metric} over ${axis.title} by ${key}: ${drawn.map((group) => `${group.value} (${plural(group.count, "run")})`).join(", ")}` },
    },
  };
}

/** The groups in their colours, with how many runs each has. */
export function groupKey(groups, lines, state) {
  return [state.group.replace(/^(params|tags)\./, ""), ...groups.map(({ value, runs }, index) => h("span", { class: "group-key" },
    h("i", { class: "swatch-dot", css: { background: seriesLook(index).color }, "aria-hidden": "true" }), `${value} (${runs.filter((run) => lines.has(run.id)).length})`))];
}

function traces({ value, count, index, band }, key) {
  const { color } = seriesLook(index);
  const fill = color.replace(/^rgb\((.*)\)$/, "rgba($1, 0.16)");
  const name = plainText(`${key} ${value} (${count})`);
  return [
    { x: [...band.x, ...band.x.toReversed()], y: [...band.high, ...band.low.toReversed()], type: "scatter", mode: "lines", fill: "toself", fillcolor: fill, line: { width: 0, color }, hoverinfo: "skip", showlegend: false, meta: { role: "range" } },
    { x: band.x, y: band.middle, type: "scatter", mode: "lines", line: { color, width: 2, dash: index > 4 ? "dash" : "solid" }, name, hoverinfo: "none", meta: { role: "curve", label: `${key} ${value} (${count})` } },
  ];
}
