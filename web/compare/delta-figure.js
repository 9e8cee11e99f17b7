// The figure of paired differences: each run minus the base at the same x, with a band.

import { seriesColor } from "../components/figure-theme.js";
import { logTicks, plural, si, signed } from "../lib/format.js";
import { axes, plainText } from "../runs/curves.js";
import { band, clearFrom, difference, enoughPoints, finiteLine } from "./paired.js";

/** {spec, caption}; `spec` is null where no two runs meet. Without `colorOf(id)` the colours are by place. */
export function deltaSpec({ runs, base, lines, metric, state, colorOf = null, hasLegend = runs.length > 2 }) {
  const own = lines.get(base.id) ? finiteLine(lines.get(base.id)) : { x: [], y: [] };
  const items = runs.map((run, index) => ({ run, color: colorOf?.(run.id) ?? seriesColor(index) })).filter(({ run }) => run.id !== base.id && lines.get(run.id))
    .map((item) => ({ ...item, ...pair(finiteLine(lines.get(item.run.id)), own) })).filter((item) => item.x.length > 1);
  if (!items.length) return { spec: null, caption: own.x.length ? "no other run has it at the same places" : `${base.name} has no ${metric} on this axis` };
  const axis = axes[state.x] ?? axes.step;
  const all = items.flatMap((item) => item.x).filter((value) => value > 0);
  const log = state.logx && axis.type === "linear";
  const spec = {
    data: [...items.flatMap(traces), zero(items)],
    layout: {
      xaxis: { title: { text: axis.title }, type: log ? "log" : axis.type, exponentformat: "B", ...(log && all.length ? logTicks(Math.min(...all), Math.max(...all), si, [1]) : {}) },
      yaxis: { title: { text: `difference in ${plainText(metric)}` }, range: range(items), exponentformat: "power" },
      hovermode: "closest", showlegend: hasLegend, legend: { orientation: "h", y: -0.22 },
      margin: { l: 58, r: 12, t: 6, b: hasLegend ? 58 : 36 },
      uirevision: `${state.x}|${log}|${metric}|${base.id}`,
      meta: { summary: `${metric} of ${plural(items.length, "run")} minus ${base.name} over ${axis.title}: ${items.map(words).join("; ")}` },
    },
  };
  const method = items.some((item) => item.isJudged) ? "moving mean over a tenth of the points, 90 % band" : "too few common points for a band";
  return { spec, caption: `below zero is better for a loss · ${method}` };
}

function pair(line, base) {
  const points = difference(line, base);
  const isJudged = points.x.length >= enoughPoints;
  return { ...(isJudged ? band(points) : { x: points.x, mean: points.y, low: points.y, high: points.y }), points, isJudged };
}

function traces({ run, color, x, mean, low, high, points, isJudged }) {
  const name = plainText(run.name);
  const line = { x, y: mean, type: "scatter", mode: "lines", line: { color, width: 2 }, name, hovertemplate: "%{y:.4f}<extra>%{fullData.name}</extra>", meta: { role: "curve" } };
  if (!isJudged) return [line];
  return [
    { x: [...x, ...x.toReversed()], y: [...high, ...low.toReversed()], type: "scatter", mode: "lines", fill: "toself", line: { width: 0, color }, fillcolor: color.replace(/^rgb\((.*)\)$/, "rgba($1, 0.16)"), hoverinfo: "skip", showlegend: false, meta: { role: "range" } },
    { x: points.x, y: points.y, type: "scatter", mode: "lines", opacity: 0.22, line: { color, width: 1 }, hoverinfo: "skip", showlegend: false, name, meta: { role: "curve" } },
    line,
  ];
}

function zero(items) {
  const ends = items.flatMap((item) => [item.x[0], item.x.at(-1)]);
  return { x: [Math.min(...ends), Math.max(...ends)], y: [0, 0], type: "scatter", mode: "lines", hoverinfo: "skip", showlegend: false, name: "base", meta: { role: "baseline" } };
}

/** The first differences of two trainings are large and say little: the view is on the later nine tenths. */
function range(items) {
  const values = items.flatMap(({ low, high }) => [...low.slice(Math.ceil(low.length / 10)), ...high.slice(Math.ceil(high.length / 10))]);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = 0.08 * (most - least || 1);
  return [least - room, most + room];
}

function words(item) {
  const clear = item.isJudged ? clearFrom(item) : null;
  return `${item.run.name} ends ${signed(item.mean.at(-1))}${clear ? `, clearly ${clear.sign < 0 ? "lower" : "higher"} from ${si(clear.from)} on` : ", not clearly apart"}`;
}
