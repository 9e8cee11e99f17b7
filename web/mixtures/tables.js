// Shares with their regions, what binds them, what they are compared with, and which law says so.

import { h } from "../lib/dom.js";
import { loss, none, si } from "../lib/format.js";

function table(title, heads, rows, caption = null) {
  if (!rows.length) return null;
  return h("section", { class: "card" }, h("header", {}, h("h3", {}, title), caption ? h("small", {}, caption) : null),
    h("div", { class: "scroll" }, h("table", { class: "table" }, h("thead", {}, h("tr", {}, heads.map((head, index) => h("th", index ? { class: "number" } : {}, head)))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, index) => h("td", index ? { class: "number" } : {}, cell))))))));
}

const share = (value) => `${(100 * value).toFixed(1)} %`;

export function weightTable(found, swarm) {
  const known = new Map(swarm.domains.map((domain) => [domain.name, domain]));
  const rows = Object.entries(found.weights).toSorted(([, a], [, b]) => b.value - a.value).map(([name, weight]) => {
    const range = found.equivalent[name];
    const tokens = known.get(name)?.availableTokens;
    return [name, share(weight.value), `${share(weight.low)} – ${share(weight.high)}`,
      range ? `${share(range.low)} – ${share(range.high)}` : none, tokens ? si(tokens) : none];
  });
  return table("Recommended shares", ["domain", "share", "90 % region", `within ${loss(found.tolerance)}`, "unique tokens"], rows, "region: where the best share of resampled fits lies");
}

export function bindingTable(found) {
  return table("What holds the optimum", ["constraint", "price", "cost"],
    found.binding.map((item) => [item.constraint, loss(item.shadowPrice), item.cost === undefined ? none : loss(item.cost)]), "price: gained by a unit more of the limit");
}

export function alternativesTable(found) {
  return table("Beside it", ["mixture", "predicted", "±", "measured"],
    found.alternatives.map((item) => [item.title, loss(item.prediction.value), loss(item.prediction.sd), item.measured === undefined ? none : loss(item.measured)]));
}

export function scoreTable(fit) {
  const digits = (value) => (typeof value === "number" ? value.toFixed(3) : none);
  return table("Laws on runs left out", ["law", "rank corr.", "R²", "error", "in stack"],
    fit.scores.map((score) => [score.law + (score.law === fit.model.law ? " ✓" : ""), digits(score.spearman), digits(score.r2),
      typeof score.meanAbsoluteError === "number" ? loss(score.meanAbsoluteError) : score.refusal ? "–" : none,
      typeof score.stackWeight === "number" ? score.stackWeight.toFixed(2) : none]));
}
