// Shares with their regions, what binds them, what they are compared with, and which law says so.

import { h } from "../lib/dom.js";
import { loss, none, si } from "../lib/format.js";

/** A card with a table: names on the left, numbers on the right; null without rows. */
export function dataTable(title, heads, rows, { caption = null, id = null } = {}) {
  if (!rows.length) return null;
  const name = (cell) => ({ class: "name", title: typeof cell === "string" ? cell : null });
  return h("section", { class: "card", id }, h("header", {}, h("h3", {}, title), caption ? h("small", {}, caption) : null),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      h("table", { class: "table" }, h("thead", {}, h("tr", {}, heads.map((head, index) => h("th", index ? { class: "number" } : {}, head)))),
        h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, index) => h("td", index ? { class: "number" } : name(cell), cell))))))));
}

export const share = (value) => `${(100 * value).toFixed(1)} %`;

export function weightTable(found, swarm, wanted) {
  const known = new Map(swarm.domains.map((domain) => [domain.name, domain.availableTokens]));
  const rows = Object.entries(found.weights).toSorted(([, a], [, b]) => b.value - a.value).map(([name, weight]) => {
    const range = found.equivalent[name];
    const tokens = wanted.availableTokens?.[name] ?? known.get(name);
    const epochs = tokens && wanted.targetTokens ? (weight.value * wanted.targetTokens) / tokens : null;
    return [name, share(weight.value), `${share(weight.low)} – ${share(weight.high)}`,
      range ? `${share(range.low)} – ${share(range.high)}` : none, tokens ? si(tokens) : none,
      epochs === null ? none : h("span", { class: epochs > 4 ? "warn" : "" }, epochs.toPrecision(2))];
  });
  return dataTable("Recommended shares", ["domain", "share", "90 % region", `within ${loss(found.tolerance)}`, "unique tokens", "epochs"], rows,
    { caption: "region: where the best share of resampled fits lies", id: "shares" });
}

export function bindingTable(found) {
  return dataTable("What holds the optimum", ["constraint", "price", "cost"],
    found.binding.map((item) => [item.constraint, loss(item.shadowPrice), item.cost === undefined ? none : loss(item.cost)]),
    { caption: "price: gained by a unit more of the limit; cost: lost to it alone", id: "binding" });
}

/** Of domains whose epochs are capped. */
export function tokenTable(found) {
  return dataTable("What more tokens would buy", ["domain", "epochs", "per 1B tokens", "twice the tokens"],
    found.tokenValues.map((item) => [item.domain, item.epochs.toPrecision(3), loss(1e9 * item.pricePerToken), loss(item.gainOfDoubling)]),
    { caption: "fall of the predicted loss" });
}

export function alternativesTable(found) {
  return dataTable("Beside it", ["mixture", "predicted", "90 %", "measured"],
    found.alternatives.map((item) => [item.title, loss(item.prediction.value), `${loss(item.prediction.low)} – ${loss(item.prediction.high)}`,
      item.measured === undefined ? none : loss(item.measured)]));
}

export function scoreTable(fit) {
  const digits = (value) => (typeof value === "number" ? value.toFixed(3) : none);
  return dataTable("Laws on runs left out", ["law", "rank", "error", "stack"],
    fit.scores.map((score) => [score.law + (score.law === fit.model.law ? " ✓" : ""), h("span", { title: `R² ${digits(score.r2)}` }, digits(score.spearman)),
      typeof score.meanAbsoluteError === "number" ? loss(score.meanAbsoluteError) : score.refusal ? "–" : none,
      typeof score.stackWeight === "number" ? score.stackWeight.toFixed(2) : none]),
    { caption: "rank: rank correlation; stack: weight in the stack" });
}
