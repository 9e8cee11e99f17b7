// The values of all lines where the pointer is, sorted, beside it; a click keeps the list until the next.

import { fill, h } from "../lib/dom.js";
import { loss } from "../lib/format.js";

const rowsAtMost = 12;
const write = (value) => (typeof value === "number" ? loss(value) : value);
const nearEnough = 0.02;

/** `place(x)` writes where it is. Answers what closes a list that is kept. */
export function listValues(figure, place) {
  const tip = h("div", { class: "tip", hidden: true });
  const pointer = { x: 0, y: 0 };
  let isKept = false;
  const follow = ({ clientX, clientY }) => Object.assign(pointer, { x: clientX, y: clientY });
  const show = (point) => {
    const rows = valuesAt(figure.spec, point.x);
    const at = rows.findIndex((row) => row.id === identity(point.data));
    const names = withoutCommonStart(rows.map((row) => row.label));
    const first = Math.max(0, Math.min(at - rowsAtMost / 2, rows.length - rowsAtMost));
    fill(tip, h("div", { class: "dim" }, place(Number(new Date(point.x))), isKept ? h("button", { type: "button", class: "quiet", "aria-label": "Close the values", on: { click: close } }, "✕") : null),
      h("table", {}, rows.slice(first, first + rowsAtMost).map((row, index) => h("tr", { class: first + index === at ? "hovered" : "" },
        h("td", {}, h("i", { class: "swatch-dot", css: { background: row.color } })), h("td", { title: row.label }, names[first + index]),
        h("td", { class: "number" }, write(row.value)), row.raw === undefined ? null : h("td", { class: "number dim" }, write(row.raw))))),
      rows.length > rowsAtMost ? h("div", { class: "dim" }, `${rows.length - rowsAtMost} more`) : null);
    tip.hidden = false;
    const frame = figure.getBoundingClientRect();
    const [left, top] = [pointer.x - frame.left, pointer.y - frame.top];
    const isRight = pointer.x + tip.offsetWidth + 24 < innerWidth;
    tip.style.left = `${Math.max(-frame.left, isRight ? left + 16 : left - tip.offsetWidth - 16)}px`;
    tip.style.top = `${Math.max(0, Math.min(top - 20, frame.height - tip.offsetHeight))}px`;
  };
  function close() {
    isKept = false;
    tip.classList.remove("kept");
    tip.hidden = true;
  }
  figure.append(tip);
  figure.addEventListener("pointermove", follow);
  figure.addEventListener("pointerdown", follow);
  figure.addEventListener("keydown", (event) => event.key === "Escape" && close());
  figure.addEventListener("il-hover", ({ detail }) => {
    if (isKept) return;
    if (detail && isListed(detail.data)) show(detail);
    else tip.hidden = true;
  });
  figure.addEventListener("il-click", ({ detail }) => {
    if (!isListed(detail.data)) return;
    isKept = !isKept;
    tip.classList.toggle("kept", isKept);
    show(detail);
  });
  return close;
}

/** What all names begin with, as those of a sweep do, would fill the list and tell nothing apart. */
export function withoutCommonStart(names) {
  const [one = "", ...others] = names;
  let length = 0;
  while (length < one.length && others.every((name) => name[length] === one[length])) length += 1;
  const start = one.slice(0, length).search(/[^-_/. ]*$/);
  return others.length && start > 5 ? names.map((name) => `…${name.slice(start)}`) : names;
}

/** Lines whose values the page writes itself. */
const isListed = (trace) => trace?.hoverinfo === "none";

/** Whose line it is: a run's, or a group's. */
const identity = (trace) => trace?.meta?.run ?? trace?.name;

/** [{id, label, color, value, raw?}] of the lines that have a point near `x`, the lowest value first. */
function valuesAt(spec, x) {
  const place = Number(new Date(x));
  const listed = spec.data.filter((trace) => isListed(trace) && trace.x.length);
  const ends = listed.flatMap((trace) => [trace.x[0], trace.x.at(-1)]);
  const near = nearEnough * (Math.max(...ends) - Math.min(...ends)) || 1e-9;
  return listed.flatMap((trace) => {
    const index = nearest(trace.x, place);
    if (Math.abs(trace.x[index] - place) > near) return [];
    const raw = spec.data.find((other) => other.meta?.isRaw && other.meta.run === trace.meta.run);
    return [{
      id: identity(trace), label: trace.meta.label ?? trace.name, color: trace.line.color,
      value: trace.y[index] ?? "not finite", ...(raw ? { raw: raw.y[index] ?? "not finite" } : {}),
    }];
  }).toSorted((a, b) => (typeof a.value === "number" ? a.value : Infinity) - (typeof b.value === "number" ? b.value : Infinity));
}

function nearest(x, place) {
  let low = 0;
  let high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= place) low = middle;
    else high = middle;
  }
  return place - x[low] <= x[high] - place ? low : high;
}
