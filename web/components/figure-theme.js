// Figures come without colours, with a role on each trace; here a role becomes a look.

import { color } from "../lib/theme.js";
import { withoutEmptyUnit } from "./figure-data.js";

const ink = "#10151c";
const family = "system-ui, Noto Sans, Liberation Sans, sans-serif";
const dashes = ["dot", "dash", "dashdot", "longdash"];
const symbols = ["circle", "square", "diamond", "x"];

export function seriesColor(index) {
  return color(`series-${((index % 8) + 8) % 8}`);
}

function palette() {
  const scale = [0, 1, 2, 3, 4].map((step) => [step / 4, color(`surface-${step}`)]);
  const named = ["ink", "dim", "line", "grid", "panel", "accent", "band", "bad", "warn"];
  const colors = Object.fromEntries(named.map((name) => [name, color(name)]));
  return { scale, ...colors, better: translucent(color("ok"), 0.5), worse: translucent(colors.bad, 0.5) };
}

/** A themed copy of a figure; the figure itself is left as the server sent it. */
export function themed(spec) {
  const colors = palette();
  const data = spec.data.map((trace) => themeTrace(copy(trace), colors));
  return { data, layout: themeLayout(structuredClone(spec.layout ?? {}), colors) };
}

/** Values of traces are many and are only read: lists are shared, what a look is written into is not. */
function copy(value) {
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)])) : value;
}

function themeTrace(trace, colors) {
  const role = trace.meta?.role ?? "";
  const series = trace.meta?.index === undefined ? colors.accent : seriesColor(trace.meta.index);
  const look = looks[role.startsWith("law:") ? "law" : role];
  if (look) merge(trace, look(colors, series, trace));
  return trace;
}

const looks = {
  surface: (colors) => ({
    colorscale: colors.scale,
    line: { width: 0.7, color: "rgba(255,255,255,0.45)" },
    colorbar: {
      thickness: 9, len: 0.9, outlinewidth: 0, tickfont: { size: 10.5, color: colors.dim },
      title: { font: { size: 11, color: colors.dim } },
    },
  }),
  hexagons: (colors) => ({
    marker: {
      size: 9, line: { width: 0 }, colorscale: colors.scale,
      colorbar: { thickness: 9, len: 0.9, outlinewidth: 0, tickfont: { size: 10.5, color: colors.dim }, title: { font: { size: 11, color: colors.dim } } },
    },
  }),
  balance: (colors) => ({ colorscale: [[0, colors.worse], [0.5, colors.panel], [1, colors.better]], textfont: { size: 11, color: colors.ink } }),
  plateau: () => ({ line: { color: "#ffffff", width: 2.4 }, fillcolor: "rgba(255,255,255,0.2)" }),
  run: (colors, series, trace) => ({
    marker: Array.isArray(trace.marker?.color) || trace.marker?.color?.bdata
      ? { size: 8, colorscale: colors.scale, line: { color: "rgba(20,24,30,0.75)", width: 1 } }
      : { size: 6, color: series, line: { width: 0 } },
  }),
  diverged: (colors) => ({ marker: { symbol: "x-thin", size: 8, line: { color: colors.bad, width: 2 } } }),
  optimum: () => ({
    marker: { symbol: "star", size: 18, color: "#ffffff", line: { color: ink, width: 1.4 } },
    error_x: { color: ink, thickness: 1.5, width: 5 }, error_y: { color: ink, thickness: 1.5, width: 5 },
  }),
  cloud: () => ({ marker: { size: 5, color: "rgba(255,255,255,0.5)", line: { color: "rgba(16,21,28,0.55)", width: 0.8 } } }),
  law: () => ({
    marker: { symbol: "diamond", size: 11, color: ink, line: { color: "#ffffff", width: 1.3 } },
    textfont: { size: 11.5, color: "#ffffff", shadow: "0 0 3px #10151c, 0 0 3px #10151c, 0 0 2px #10151c" },
  }),
  path: () => ({ line: { color: ink, width: 1.3, dash: "dash" } }),
  stability: (colors) => ({ line: { color: colors.bad, width: 1.6, dash: "dot" } }),
  fit: (colors, series) => ({ line: { color: series, width: 1.9 }, marker: { size: 7, color: series } }),
  expected: (colors, series) => ({ line: { color: series, width: 1.8, dash: "dash" } }),
  frontier: (colors) => ({ line: { color: colors.accent, width: 2.6 } }),
  vertex: (colors) => ({
    line: { color: colors.dim, width: 1.3, dash: "dash" },
    marker: { symbol: "star", size: 13, color: colors.panel, line: { color: colors.ink, width: 1.3 } },
  }),
  faint: (colors) => ({ line: { color: colors.dim, width: 0.9 }, opacity: 0.65 }),
  "faint-run": (colors) => ({ marker: { size: 4, color: colors.dim, line: { width: 0 } }, opacity: 0.6 }),
  residual: (colors, series) => ({ marker: { color: series, opacity: 0.65, line: { color: colors.panel, width: 1 } } }),
  band: (colors, series, trace) => ({
    fillcolor: trace.meta?.index === undefined ? colors.band : translucent(series), line: { width: 0 },
  }),
  cell: (colors, series) => ({
    marker: { size: 7, color: series, line: { width: 0 } },
    error_y: { color: series, thickness: 1, width: 3 }, error_x: { color: series, thickness: 1, width: 3 },
  }),
  bar: (colors, series) => ({ marker: { color: series } }),
  baseline: (colors, series, trace) => ({
    line: { color: colors.dim, width: 1.2, dash: dashes[(trace.meta?.index ?? 0) % 4] },
    marker: { color: colors.dim, size: 6, symbol: symbols[(trace.meta?.index ?? 0) % 4] },
  }),
  lost: (colors) => ({ marker: { symbol: "triangle-down", size: 9, color: colors.bad } }),
};

function translucent(rgb, alpha = 0.14) {
  return rgb.replace(/^rgba?\(([^)]+)\)$/, (_, parts) => `rgba(${parts.split(",").slice(0, 3).join(",")}, ${alpha})`);
}

function themeLayout(layout, colors) {
  const axis = {
    gridcolor: colors.grid, zerolinecolor: colors.line, linecolor: colors.line, tickcolor: colors.line,
    tickfont: { size: 10.5, color: colors.dim },
    title: { font: { size: 11.5, color: colors.dim }, standoff: 6 },
  };
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))) {
    merge(layout[name], axis);
    named(layout[name]);
  }
  if (layout.ternary) {
    merge(layout.ternary, { bgcolor: "rgba(0,0,0,0)" });
    for (const name of ["aaxis", "baxis", "caxis"]) named(merge(layout.ternary[name] ??= {}, { ...axis, title: { font: axis.title.font } }));
    layout.margin ??= { l: 56, r: 10, t: 34, b: 34 };
  }
  for (const shape of layout.shapes ?? []) {
    if (shape.name === "plateau") merge(shape, { fillcolor: colors.band, line: { width: 0 } });
    else if (shape.name === "optimum") merge(shape, { line: { color: colors.dim, width: 1, dash: "dot" } });
    else if (shape.name === "limit") merge(shape, { line: { color: colors.warn, width: 1.4, dash: "dash" } });
    else if (!shape.line?.color) merge(shape, { line: { color: colors.dim } });
  }
  for (const [index, annotation] of (layout.annotations ?? []).entries()) {
    const tinted = annotation.name?.startsWith("series-");
    merge(annotation, { font: { size: 11, color: tinted ? seriesColor(Number(annotation.name.slice(7))) : colors.dim } });
    annotation.name ??= `note-${index}`;
  }
  merge(layout, {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family, size: 11, color: colors.ink },
    hoverlabel: { bgcolor: colors.panel, bordercolor: colors.line, font: { family, color: colors.ink, size: 11.5 } },
    legend: { font: { color: colors.dim, size: 11 }, bgcolor: "rgba(0,0,0,0)" },
    xaxis: { automargin: true }, yaxis: { automargin: true },
  });
  delete layout.title;
  layout.margin ??= { l: 52, r: 12, t: 8, b: 38 };
  layout.uirevision ??= "keep";
  return layout;
}

/** Where every mark says per cent, the title need not. */
function named({ title, tickformat }) {
  if (!title.text) return;
  title.text = withoutEmptyUnit(title.text);
  if (tickformat?.endsWith("%")) title.text = title.text.replace(/ \(%\)$/, "");
}

function merge(target, source) {
  for (const [key, value] of Object.entries(source)) {
    const both = isPlain(value) && isPlain(target[key]);
    if (both) merge(target[key], value);
    else if (!isPlain(value) || target[key] === undefined) target[key] = value;
  }
  return target;
}

function isPlain(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
