// What the page changes of its figures without asking again: the unit of the colours, the outline of
// the safe zone, which laws are shown with what they cost, and the cloud of resampled optima.

import { column } from "../components/figure-data.js";
import { percent, wire } from "../lib/format.js";

const words = "more compute (%)";
const ceiling = 1000;

/** `view`: {tolerance, hide, cloud, worth?: from per cent of loss to per cent of compute}. */
export function surfaceView(spec, { tolerance, hide, cloud, worth }, rivals) {
  const data = spec.data.map((trace) => {
    const role = trace.meta?.role ?? "";
    if (role === "plateau") return { ...trace, contours: { ...trace.contours, value: tolerance } };
    if (role === "cloud") return { ...trace, visible: cloud };
    if (role.startsWith("law:")) return lawTrace(trace, role.slice(4), hide, rivals, worth);
    if (worth && role === "surface") return inCompute(trace, worth);
    if (worth && role === "run" && trace.marker?.cmax) return runInCompute(trace, worth);
    return trace;
  });
  return { ...spec, data };
}

function lawTrace(trace, id, hide, rivals, worth) {
  const cost = wire(rivals.find((rival) => rival.id === id)?.expectedRegretPercent ?? null);
  const label = cost === null ? trace.name : `${trace.name} +${percent(worth ? worth(cost) : cost)}`;
  return { ...trace, visible: !hide.includes(id), text: [label] };
}

/** Colours end where the server ended them, told in the other unit. */
function inCompute(trace, worth) {
  const limit = Math.min(worth(trace.zmax), ceiling);
  const { length } = column(trace.x);
  const values = column(trace.z).flat().map((value) => Math.min(worth(value), 10 * ceiling));
  const rows = Array.from({ length: values.length / length }, (_, row) => values.slice(row * length, (row + 1) * length));
  const step = niceStep(limit / 12);
  return {
    ...trace, z: rows, zmax: limit, name: words,
    contours: { ...trace.contours, end: limit, size: step },
    colorbar: { ...trace.colorbar, dtick: 2 * step, title: { text: "more compute,<br>same loss (%)" } },
    hovertemplate: "LR %{x:.3g}<br>batch %{y:.3s} tokens<br>%{z:.3g} % more compute for the same loss<extra></extra>",
  };
}

function runInCompute(trace, worth) {
  const marker = { ...trace.marker, color: column(trace.marker.color).map((value) => Math.min(worth(value), 10 * ceiling)) };
  return { ...trace, marker: { ...marker, cmax: Math.min(worth(trace.marker.cmax), ceiling) } };
}

/** Another figure of losses above the best, `axis` "x" or "y", as compute. */
export function axisInCompute(spec, axis, worth) {
  if (!worth) return spec;
  const name = `${axis}axis`;
  const { range, ...rest } = spec.layout[name];
  const limit = (value) => Math.min(worth(value), ceiling);
  const data = spec.data.map((trace) => ({
    ...trace, [axis]: column(trace[axis]).map((value) => (value === null ? null : limit(value))),
    hovertemplate: trace.hovertemplate?.replaceAll(`+%{${axis}:.3f} %`, `%{${axis}:.3g} % more compute`),
  }));
  const shown = range ? { ...rest, range: range.map((value) => Math.sign(value) * limit(Math.abs(value))) } : rest;
  return { data, layout: { ...spec.layout, [name]: { ...shown, title: { text: words } } } };
}

/** 1, 2 or 5 times a power of ten, nearest above. */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= least * (1 - 1e-9));
}

/** The slice with the part within the tolerance shaded: it follows the slider. */
export function sliceView(spec, tolerance, worth) {
  const line = spec.data.find((trace) => trace.meta?.role === "fit");
  const [x, y] = [column(line.x), column(line.y)];
  const inside = x.filter((_, index) => y[index] <= tolerance);
  const shapes = (spec.layout.shapes ?? []).filter((shape) => shape.name !== "plateau" || inside.length)
    .map((shape) => (shape.name === "plateau" ? { ...shape, x0: Math.min(...inside), x1: Math.max(...inside) } : shape));
  return axisInCompute({ ...spec, layout: { ...spec.layout, shapes } }, "y", worth);
}
