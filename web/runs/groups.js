// Runs of one value of a hyperparameter as one line with a band, over all runs of the group, drawn or not: the server's figure, on the scales of the page.

import { h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { seriesLook } from "../lib/theme.js";
import { hasLogarithm, panelLayout } from "./curves.js";

/** What the figure is asked for, besides its kind. */
export function groupQuery(metric, state) {
  const { project, q, group, band, x, from, to } = state;
  const scale = x === "time" ? 1000 : 1;
  const limits = from && to ? { from: from * scale, to: to * scale } : {};
  return { project, metric, group, x, band, q, ...limits };
}

/** `figure` as the server sent it → {data, layout} of the panel. */
export function groupSpec(figure, metric, state) {
  const data = figure.data.map((trace) => (trace.meta.role === "band" ? trace : lineTrace(trace)));
  const lines = data.filter(isLine);
  const layout = panelLayout(state, hasLogarithm(metric, state), lines.map((line) => [line.x[0], line.x.at(-1)]));
  return { data, layout: { ...layout, uirevision: `${layout.uirevision}|${state.group}`, meta: figure.layout.meta } };
}

/** The groups in their colours, with how many runs each has. */
export function groupKey(spec) {
  return spec.data.filter(isLine).map((trace) => h("span", { class: "group-key" },
    h("i", { class: "swatch-dot", css: { background: trace.line.color }, "aria-hidden": "true" }), trace.meta.label));
}

/** All runs that the lines stand for. */
export function groupedRuns(spec) {
  return plural(spec.layout.meta.provenance.runs, "run");
}

const isLine = (trace) => trace.meta.role !== "band";

/** The list of values at the pointer takes name and colour from the line. */
function lineTrace(trace) {
  const { index } = trace.meta;
  const { color } = seriesLook(index);
  return { ...trace, line: { color, width: 2, dash: index > 4 ? "dash" : "solid" }, hoverinfo: "none" };
}
