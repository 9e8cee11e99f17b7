// A trend in a table cell: no axes, no library.

import { h } from "../lib/dom.js";

export function spark(values, { width = 58, height = 16 } = {}) {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return null;
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low || 1;
  const points = values
    .map((value, index) => [index, value])
    .filter(([, value]) => Number.isFinite(value))
    .map(([index, value]) => {
      const x = (index * width) / (values.length - 1);
      const y = height - 1.5 - ((height - 3) * (value - low)) / span;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
  return h("svg", { class: "spark", width, height, "aria-hidden": "true" },
    h("polyline", { points: points.join(" ") }));
}
