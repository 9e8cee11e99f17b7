// The numbers behind a figure: as a table, and point by point for the keyboard.

import { h } from "../lib/dom.js";
import { plain } from "../lib/format.js";

const types = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array,
  i4: Int32Array, u4: Uint32Array,
};

/** A column, whether sent as a list or as a base64 typed array. */
export function column(values) {
  if (!values) return [];
  if (!values.bdata) return Array.from(values);
  const bytes = Uint8Array.from(atob(values.bdata), (character) => character.charCodeAt(0));
  return Array.from(new types[values.dtype](bytes.buffer));
}

const isPoints = (trace) => trace.x && trace.y && !trace.z && trace.meta?.role !== "band";

/** Traces of points: those of a triangle by their first two shares, cells of a table by row. */
function pointTraces(spec) {
  return spec.data.flatMap((trace) => {
    if (trace.type === "scatterternary") return [{ ...trace, x: trace.a, y: trace.b }];
    if (trace.type === "heatmap" && trace.customdata) return trace.y.map((name, row) => ({ name, x: trace.x, y: trace.text[row] }));
    return isPoints(trace) ? [trace] : [];
  });
}

/** Rows of all traces that are points or lines; surfaces have too many numbers to read. */
export function dataTable(spec, limit = 400) {
  const rows = [];
  for (const trace of pointTraces(spec)) {
    const x = column(trace.x);
    const y = column(trace.y);
    for (let index = 0; index < x.length && rows.length < limit; index += 1) {
      if (x[index] !== null) rows.push([trace.name ?? "", x[index], y[index]]);
    }
  }
  const names = ["trace", axisTitle(spec, "x"), axisTitle(spec, "y")];
  return h("div", { class: "data", tabindex: "0", role: "region", "aria-label": "Data of the figure" },
    h("table", { class: "table" },
      h("thead", {}, h("tr", {}, names.map((name) => h("th", {}, name)))),
      h("tbody", {}, rows.map(([name, x, y]) => h("tr", {},
        h("td", {}, name), h("td", {}, plain(x)), h("td", {}, plain(y)))))),
    rows.length === limit ? h("p", { class: "dim" }, `First ${limit} rows; CSV has them all.`) : null);
}

/** Moves `place` by an arrow key and says the point there; null for any other key. */
export function readout(spec, place, key) {
  const traces = pointTraces(spec);
  if (!traces.length) return null;
  const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  if (!moves[key]) return null;
  const [traceStep, pointStep] = moves[key];
  place.trace = (place.trace + traceStep + traces.length) % traces.length;
  const trace = traces[place.trace];
  const x = column(trace.x);
  const y = column(trace.y);
  place.point = Math.min(Math.max(traceStep ? 0 : place.point + pointStep, 0), x.length - 1);
  return `${trace.name ?? "points"}: ${axisTitle(spec, "x")} ${plain(x[place.point])}, `
    + `${axisTitle(spec, "y")} ${plain(y[place.point])}`;
}

function axisTitle(spec, letter) {
  const corner = { x: "aaxis", y: "baxis" }[letter];
  const title = (spec.layout?.ternary?.[corner] ?? spec.layout?.[`${letter}axis`])?.title;
  return withoutEmptyUnit((typeof title === "string" ? title : title?.text) ?? letter);
}

/** Figures name the unit of every axis; that of a pure number says nothing to people. */
export function withoutEmptyUnit(title) {
  return title.replace(/ \((1|its unit)\)$/, "");
}
