// Parallel coordinates: one line a run over its numbers, drawn without the chart library.

import { h } from "../lib/dom.js";
import { plain, shortRate } from "../lib/format.js";

/** Values of a sweep are marked each, up to this many; marks keep this share of the height between them. */
const fewValues = 8;
const leastGap = 0.06;
const size = { width: 900, height: 250, top: 26, bottom: 18, side: 60 };

/**
 * `axes`: [{title, value(item) → number or text}], the last one is what the lines are shaded by, low
 * first, where an item has no `look` {color, look} of its own; `items`: [{name, …}], drawn worst first,
 * and those with a look in their order after them; `onOpen(item)`; `label` is the accessible name.
 */
export function parallelCoordinates(axes, items, { label, onOpen }) {
  const scales = axes.map((axis) => scaleOf(items.map(axis.value)));
  const at = (index) => size.side + (index * (size.width - 2 * size.side)) / Math.max(1, axes.length - 1);
  const last = scales.length - 1;
  const goal = (item) => scales[last].place(axes[last].value(item)) ?? 1;
  const sorted = items.toSorted((a, b) => (a.look || b.look ? Number(Boolean(a.look)) - Number(Boolean(b.look)) : goal(b) - goal(a)));
  return h("svg", { class: "parcoords", viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-label": label },
    sorted.map((item, index) => line(item, axes, scales, at, (index + 1) / sorted.length, onOpen)),
    axes.map((axis, index) => axisLine(axis, scales[index], at(index), index === 0)));
}

/** `share`: 1 for the lowest value of the last axis. */
function line(item, axes, scales, at, share, onOpen) {
  const points = axes.map((axis, index) => [at(index), scales[index].place(axis.value(item))]).filter(([, place]) => place !== null)
    .map(([x, place]) => `${x.toFixed(1)},${height(place).toFixed(1)}`);
  const stroke = item.look?.color ?? `color-mix(in oklab, var(--accent) ${Math.round(100 * share)}%, var(--warn))`;
  return h("polyline", { points: points.join(" "), css: { stroke }, class: item.look?.look ?? (share > 0.9 ? "best" : ""), on: { click: () => onOpen(item) } }, h("title", {}, item.name));
}

/** The marks of the first axis stand where no line is. */
function axisLine(axis, scale, x, isFirst) {
  return h("g", { class: "axis" }, h("line", { x1: x, x2: x, y1: size.top, y2: size.height - size.bottom }),
    h("text", { x, y: 11, "text-anchor": "middle" }, axis.title),
    scale.ticks.map(({ place, text }) => h("text", { class: "tick", x: isFirst ? x - 5 : x + 4, "text-anchor": isFirst ? "end" : null, y: height(place) + 3 }, text)));
}

/** Place 0 is at the bottom. */
const height = (place) => size.height - size.bottom - place * (size.height - size.top - size.bottom);

/** Numbers on a line, over more than a decade by their logarithm; texts in the order of the alphabet. */
export function scaleOf(values) {
  const numbers = values.map((value) => (value === "" ? NaN : Number(value)));
  if (values.some((value, index) => value !== null && value !== "" && Number.isNaN(numbers[index]) && typeof value === "string")) return textScale(values);
  const finite = numbers.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const isLog = low > 0 && high / low > 10;
  const number = (value) => (isLog ? Math.log(value) : value);
  const span = number(high) - number(low) || 1;
  const place = (value) => {
    const own = value === "" || value === null ? NaN : Number(value);
    return Number.isFinite(own) ? (number(own) - number(low)) / span : null;
  };
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  const own = [...new Set(finite)].toSorted((a, b) => a - b);
  const marks = own.length <= fewValues ? own : [low, middle, high];
  return { place, ticks: apart(marks.map((value) => ({ place: place(value), text: tick(value) }))) };
}

/** Marks that do not overlap, both ends among them. */
function apart(marks) {
  const last = marks.at(-1);
  let before = -Infinity;
  return marks.filter((mark) => {
    const isKept = mark === last || (mark.place - before > leastGap && last.place - mark.place > leastGap);
    if (isKept) before = mark.place;
    return isKept;
  });
}

const tick = (value) => (Math.abs(value) < 1e-2 && value !== 0 ? shortRate(value) : plain(value));

function textScale(values) {
  const names = [...new Set(values.map((value) => String(value ?? "")))].toSorted();
  const place = (value) => (names.length > 1 ? names.indexOf(String(value ?? "")) / (names.length - 1) : 0.5);
  return { place, ticks: shown(names).map((text) => ({ place: place(text), text: text.slice(0, 14) || "not set" })) };
}

/** As many as can be read: all, or the ends and the middle. */
function shown(names) {
  return names.length <= 12 ? names : [names[0], names[Math.floor(names.length / 2)], names.at(-1)];
}
