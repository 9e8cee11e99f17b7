// Why one fit should be believed, or not: runs left out, rules that know less, published constants,
// what changed since another fit.

import { h } from "../lib/dom.js";
import { count, measure, none, percent, plural, signed, wire } from "../lib/format.js";

/** The law beside naive rules and published constants, on the runs each could be judged on. */
export function scoreTable(fit) {
  const own = fit.crossValidation ? [{ title: "this law, group left out", score: fit.crossValidation, own: true }] : [];
  const rows = [...own, ...(fit.baselines ?? []), ...(fit.presets ?? []).map((item) => ({ ...item, title: `${item.title}, unfitted` }))]
    .filter((item) => "score" in item || item.refused);
  if (!rows.length) return null;
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "Does it beat simpler rules?"), h("small", {}, "errors of prediction")),
    h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table", id: "scores" },
      h("thead", {}, h("tr", {}, h("th", {}, "rule"), ["mean", "worst", "bias"].map((name) => h("th", { class: "number" }, name)))),
      h("tbody", {}, rows.map(scoreRow)))));
}

function scoreRow({ title, citation, score, refused, own }) {
  const name = h("td", { class: "wrap", title: citation ?? "" }, title);
  if (!score) return h("tr", {}, name, h("td", { class: "dim wrap", colspan: "3" }, refused ?? "not judged"));
  const bias = wire(score.biasPercent);
  return h("tr", { class: own ? "own" : "" }, name,
    h("td", { class: "number" }, percent(score.meanAbsolutePercent)),
    h("td", { class: "number" }, percent(score.maximumPercent)),
    h("td", { class: "number" }, bias === null ? none : `${signed(bias, 2)} %`));
}

/** What changed between two fits of one law, by the server's own comparison. */
export function differenceTable({ parameters, runs, predictions }) {
  const rows = parameters.map(({ symbol, before, after, changeInIntervals }) => {
    const change = wire(changeInIntervals ?? null);
    return h("tr", {}, h("td", {}, symbol),
      h("td", { class: "number" }, measure(before?.value ?? null)), h("td", { class: "number" }, measure(after?.value ?? null)),
      h("td", { class: `number ${Math.abs(change ?? 0) > 1 ? "warn" : ""}` }, change === null ? none : signed(change, 2)));
  });
  const words = [
    runs ? `${plural(runs.addedCount, "run")} added, ${count(runs.removedCount)} removed` : null,
    predictions ? `predictions moved ${percent(predictions.meanAbsolutePercent)} on average, ${percent(predictions.maximumPercent)} at most` : null,
  ];
  return [h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table", id: "difference" },
    h("thead", {}, h("tr", {}, h("th", {}, ""), h("th", { class: "number" }, "then"), h("th", { class: "number" }, "now"),
      h("th", { class: "number", title: "in half-widths of the earlier 90 % interval" }, "half-widths"))),
    h("tbody", {}, rows))), h("p", { class: "law-note" }, words.filter(Boolean).join(" · "))];
}

/** Predictions frozen before their runs ended, scored by what came. */
export function ledgerCard(ledger) {
  const { calibration, laws } = ledger;
  const rows = [...laws, ...(laws.length > 1 ? [{ ...calibration, law: "all" }] : [])];
  return h("section", { class: "card", id: "ledger" },
    h("header", {}, h("h3", {}, "Predictions kept"), h("small", {}, "frozen before the run, scored after it")),
    rows.length ? h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table" },
      h("thead", {}, h("tr", {}, h("th", {}, "law"), ["waiting", "void", "scored", "inside 90 %", "mean error", "bias"].map((name) => h("th", { class: "number" }, name)))),
      h("tbody", {}, rows.map((item) => h("tr", {}, h("td", {}, item.law),
        [String(item.waiting), String(item.void ?? 0), String(item.scored), share(item.insideShare), percent(item.meanAbsoluteErrorPercent ?? null), bias(item.meanErrorPercent)]
          .map((text) => h("td", { class: "number" }, text)))))))
      : h("p", { class: "pad dim" }, "None yet. Freeze one before a run ends, with ", h("code", {}, "isoloss predictions"), ", and it is scored when the run is done."));
}

function share(value) {
  return wire(value ?? null) === null ? none : percent(100 * value);
}

function bias(value) {
  return wire(value ?? null) === null ? none : `${signed(value, 2)} %`;
}
