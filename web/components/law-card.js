// A law in its own words: equation, symbols, fitted parameters with their ranges, how the fit went.

import { get } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { count, measure, none, percent, wire } from "../lib/format.js";

let cards = null;

/** Cards of all laws, fetched once a page; what failed is asked for again. */
export async function lawCards() {
  cards ??= get("laws").then((answer) => answer.laws).catch((error) => { cards = null; throw error; });
  return cards;
}

let kinds = null;

/** [{kind, title, parameters, laws}] of all figures, fetched once a page. */
export async function figureKinds() {
  kinds ??= get("figures").then((answer) => answer.figures).catch((error) => { kinds = null; throw error; });
  return kinds;
}

/** Whether a fit has what a figure is about: the server refuses to draw nothing. */
export function hasFigure(kind, record) {
  const found = record.diagnostics ?? record.fit?.diagnostics;
  if (kind === "law-comparison") return wire(found?.heldOutErrorPercent ?? null) !== null;
  if (kind === "parameter-drift") return Object.values(record.parameters ?? {}).some(({ low, high }) => !sameNumber(low, high));
  return true;
}

/** Whether a figure says more than its one point would: a history of one fit is none. */
export function saysSomething(kind, { data }) {
  return kind !== "parameter-drift" || data.some((trace) => trace.x?.length > 1);
}

/** Choice of a law; `onChange(id)`. */
export function lawPicker(list, chosen, onChange) {
  const select = h("select", { name: "law", "aria-label": "Law", class: "text-input", on: { change: () => onChange(select.value) } },
    list.map((card) => h("option", { value: card.id }, card.title)));
  select.value = chosen;
  return select;
}

/** Title, equation, source and the range it holds in. */
export function equationCard(card) {
  return h("section", { class: "card pad law-card", id: "law-card" },
    h("h3", {}, card.title),
    h("p", {}, h("code", { class: "equation" }, card.equation)),
    h("details", {}, h("summary", {}, "Where it holds, symbols, source"),
      h("p", {}, withCode(card.validity)),
      card.note ? h("p", {}, withCode(card.note)) : null,
      h("dl", { class: "facts" }, card.symbols.map(({ symbol, name, unit }) => [
        h("dt", {}, symbol), h("dd", {}, unit && unit !== "1" ? `${name}, in ${unit}` : name)])),
      h("p", { class: "dim" }, card.citation)));
}

/** Names between backticks are written as code. */
function withCode(text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** [{symbol, name, unit, value, low, high}] of any fit, in the order of its card. */
function parametersOf(record, card) {
  const stored = record.fit?.parameters;
  if (Array.isArray(stored)) return [...stored, ...(record.fit.derived ?? [])];
  const named = record.parameters ?? {};
  const known = new Map((card?.parameters ?? []).map((item) => [item.symbol, item]));
  const order = [...known.keys()].filter((symbol) => symbol in named);
  const rest = Object.keys(named).filter((symbol) => !known.has(symbol)).toSorted();
  return [...order, ...rest].map((symbol) => ({
    symbol, name: known.get(symbol)?.name ?? "", unit: known.get(symbol)?.unit ?? "", ...named[symbol],
  }));
}

export function parameterTable(record, card) {
  const rows = parametersOf(record, card).map(({ symbol, name, unit, value, low, high }) => h("tr", { title: name },
    h("td", {}, symbol.split(/(?<=_)/).map((part) => [part, h("wbr")])),
    h("td", { class: "number" }, measure(value)),
    h("td", { class: "number" }, sameNumber(low, high) ? none : `${measure(low)} – ${measure(high)}`),
    h("td", { class: "wrap dim" }, [name, unit === "1" || !unit ? null : unit].filter(Boolean).join(", "))));
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "Parameters"), h("small", {}, "with 90 % ranges")),
    h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table", id: "parameters" },
      h("thead", {}, h("tr", {}, h("th", {}, ""), h("th", { class: "number" }, "value"), h("th", { class: "number" }, "90 %"), h("th", {}, "what it is"))),
      h("tbody", {}, rows))));
}

function sameNumber(low, high) {
  return low === null || low === undefined || low === high;
}

/** How the fit went, as facts a sceptic asks for. */
export function diagnosticsCard(record) {
  const found = record.diagnostics ?? record.fit?.diagnostics;
  if (!found) return null;
  const objective = record.objective ?? record.fit?.objective;
  const facts = [
    ["objective", objective === undefined || objective === null ? found.objectiveName : `${measure(objective)}, ${found.objectiveName}`],
    ["minimum", found.isConverged ? `found from ${count(found.startsAtBest)} of ${count(found.starts)} starts` : "not found"],
    ["intervals", found.draws ? `${count(found.draws)} refits, resampling ${found.resampled}` : null],
    ["typical error", found.residualPercent === undefined ? null : percent(found.residualPercent)],
    ["error on runs left out", found.heldOutErrorPercent === undefined ? null
      : `${percent(found.heldOutErrorPercent)}${found.baselineErrorPercent === undefined ? "" : `, best naive rule ${percent(found.baselineErrorPercent)}`}`],
    ["runs left out", count(found.leftOut ?? 0)],
  ];
  return h("section", { class: "card pad", id: "diagnostics" }, h("h3", {}, "How the fit went"),
    h("dl", { class: "facts" }, facts.filter(([, value]) => value !== null).map(([name, value]) => [
      h("dt", {}, name),
      h("dd", { class: name === "minimum" && !found.isConverged ? "bad" : verdict(name, found) }, value)])),
    (found.warnings ?? []).map((text) => h("p", { class: "warn" }, text)));
}

function verdict(name, found) {
  if (name !== "error on runs left out") return "";
  const [own, naive] = [wire(found.heldOutErrorPercent ?? null), wire(found.baselineErrorPercent ?? null)];
  if (own === null || naive === null) return "";
  return own < naive ? "ok" : "bad";
}
