// One knob on a log axis: safe zone as a bar, 90 % interval as a line, the answer as a dot.

import { h } from "../lib/dom.js";

const width = 220;

export function knobStrip(best, safe, format) {
  const ends = [best.low, best.high, safe?.low, safe?.high, best.value].filter((value) => value > 0);
  if (ends.length < 3) return null;
  const low = Math.log(Math.min(...ends)) - 0.15;
  const high = Math.log(Math.max(...ends)) + 0.15;
  const x = (value) => Math.min(Math.max(((Math.log(value) - low) / (high - low)) * width, 0), width);
  const label = `${format(best.value)}, 90 % ${format(best.low)} to ${format(best.high)}`
    + (safe ? `, safe zone ${format(safe.low)} to ${format(safe.high)}` : "");
  return h("svg", { class: "strip", viewBox: `0 0 ${width} 34`, role: "img", "aria-label": label },
    h("line", { class: "axis", x1: 0, x2: width, y1: 17, y2: 17 }),
    safe ? h("rect", { class: "plateau", x: x(safe.low), width: Math.max(x(safe.high) - x(safe.low), 1), y: 8, height: 18, rx: 4 }) : null,
    h("line", { class: "interval", x1: x(best.low), x2: x(best.high), y1: 17, y2: 17 }),
    h("circle", { class: "best", cx: x(best.value), cy: 17, r: 5.5 }));
}
