// Mixtures as stacked bars of one width, the recommended one beside what it is compared with.

import { h } from "../lib/dom.js";
import { loss } from "../lib/format.js";
import { seriesColor } from "../components/figure-theme.js";

const named = 8;

export function bars(found, swarm) {
  const order = Object.keys(found.weights).toSorted((a, b) => found.weights[b].value - found.weights[a].value);
  const own = Object.fromEntries(Object.entries(found.weights).map(([name, item]) => [name, item.value]));
  const apart = (a, b) => order.reduce((sum, name) => sum + Math.abs((a[name] ?? 0) - (b[name] ?? 0)), 0);
  const rows = [["Recommended", own, found.prediction.value]];
  // Without constraints that hold it the optimum is one mixture under several names.
  for (const item of found.alternatives) {
    const title = item.name === "bestObserved" ? "Best run" : item.title;
    const same = rows.find(([, weights]) => apart(weights, item.weights) < 0.002);
    if (same) same[0] += `, ${title.toLowerCase()}`;
    else rows.push([title, item.weights, item.prediction.value]);
  }
  return h("section", { class: "card pad", id: "bars" },
    rows.map(([title, weights, value]) => bar(title, weights, value, order)),
    h("div", { class: "mixture-key" }, order.slice(0, named).map((name, index) => h("span", {}, swatch(index), name)),
      order.length > named ? h("span", { class: "dim" }, `and ${order.length - named} more of ${swarm.domains.length}`) : null));
}

function bar(title, weights, value, order) {
  const words = order.filter((name) => weights[name] >= 0.005).map((name) => `${name} ${Math.round(100 * weights[name])} %`).join(", ");
  return h("div", { class: "mixture-bar" }, h("span", { class: "dim", title }, title),
    h("span", { class: "mixture-shares", role: "img", "aria-label": `${title}: ${words}`, title: words },
      order.map((name, index) => h("i", { css: { width: `${100 * (weights[name] ?? 0)}%`, background: index < named ? seriesColor(index) : "var(--dim)" } }))),
    h("span", { class: "number" }, loss(value)));
}

function swatch(index) {
  return h("i", { class: "mixture-swatch", css: { background: seriesColor(index) } });
}
