// A law's answer to a question, whatever the law: numbers, tables, and what others would say.

import { h } from "../lib/dom.js";
import { loss, measure, none, percent, rate, si, wire } from "../lib/format.js";
import { answerStrip } from "./answer.js";
import { proofOf } from "./fit-strip.js";

const wholes = /parameters|tokens|FLOPs|steps|sequences|bytes/i;

/** A number in the words of its unit. */
export function quantity(value, unit = "") {
  const number = wire(value);
  if (number === null) return none;
  if (unit === "FLOPs") return rate(number);
  const size = Math.abs(number);
  if (unit.includes("%")) return String(Number(number.toPrecision(size < 1000 ? 3 : 4)));
  if (/loss|nats/.test(unit)) return loss(number);
  if (wholes.test(unit) && size >= 100 && size < 1000) return String(Math.round(number));
  if (!wholes.test(unit) || size < 1000) return measure(number);
  return size >= 1e5 && size < 1e6 ? `${Number((number / 1e3).toPrecision(3))}k` : si(number);
}

function unitText(unit) {
  return !unit || unit === "1" || /^(nats per token|ratio)$/.test(unit) ? "" : unit;
}

/** Nothing where the interval is narrower than the digits written: what was asked for is known. */
function range({ low, high, unit, note }) {
  const parts = [];
  const [from, to] = [quantity(low ?? null, unit), quantity(high ?? null, unit)];
  if (wire(low ?? null) !== null && from !== to) parts.push(`90 % ${from} – ${to}`);
  if (note) parts.push(note);
  return parts.join(" · ");
}

/** The answer as a strip of numbers with what stands behind each, and how far it lies from the runs. */
export function adviceStrip(advice, record, card, actions = []) {
  const reach = advice.extrapolation;
  return answerStrip([
    ...advice.quantities.filter(saysMore).map((item) => {
      // "training compute, C = 6·N·D": the name above the number, what it means beneath it.
      const [name, ...meaning] = item.title.split(", ");
      const value = quantity(item.value, item.unit);
      return {
        key: name, ...(item.unit === "%" ? { value: `${value} %` } : { value, unit: unitText(item.unit) }),
        range: [range(item), meaning.join(", ")].filter(Boolean).join(" · "), proof: proofOf(record, card, range(item)),
      };
    }),
    reach ? {
      key: "Confidence", words: true, value: reach.inside ? "inside data" : "outside data",
      tone: reach.inside ? "ok" : "warn", range: reach.note,
    } : null,
  ], actions);
}

/** A number that only repeats an earlier one of the same kind is not said twice. */
function saysMore({ value, unit, low }, index, all) {
  const isGiven = wire(low ?? null) === null;
  return !isGiven || !all.slice(0, index).some((item) => item.value === value && item.unit === unit);
}

export function adviceTables(advice) {
  return (advice.tables ?? []).map((table) => h("section", { class: "card" },
    h("header", {}, h("h3", {}, table.title)),
    h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table" },
      h("thead", {}, h("tr", {}, table.columns.map((name) => h("th", { class: "number" }, name)))),
      h("tbody", {}, table.rows.map((row) => h("tr", {}, row.map((cell, index) =>
        h("td", { class: "number" }, typeof cell === "number" ? quantity(cell, table.columns[index]) : cell)))))))));
}

/** Rules that answer the same question, with the extra compute each would cost. */
export function adviceRivals(advice) {
  const rivals = advice.rivals ?? [];
  if (!rivals.length) return null;
  const isPriced = rivals.some((rival) => wire(rival.extraComputePercent ?? null) !== null);
  const names = [...new Map(rivals.flatMap((rival) => rival.quantities).map((item) => [item.name, item])).values()];
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "What others would say"), isPriced ? h("small", {}, "extra compute for the same loss, by this law") : null),
    h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table", id: "rivals" },
      h("thead", {}, h("tr", {}, h("th", {}, "rule"), names.map((item) => h("th", { class: "number" }, heading(item))), isPriced ? h("th", { class: "number" }, "extra compute") : null)),
      h("tbody", {}, rivals.map((rival) => rivalRow(rival, names, isPriced))))));
}

function heading({ title, unit }) {
  return unit === "%" ? `${title} (%)` : title;
}

function rivalRow(rival, names, isPriced) {
  const title = h("td", { class: "wrap", title: rival.citation }, rival.title);
  if (rival.refused) return h("tr", {}, title, h("td", { class: "dim wrap", colspan: String(names.length + (isPriced ? 1 : 0)) }, rival.refused));
  const extra = wire(rival.extraComputePercent ?? null);
  return h("tr", {}, title,
    names.map(({ name, unit }) => {
      const found = rival.quantities.find((item) => item.name === name);
      return h("td", { class: "number", title: found ? range(found) : "" }, found ? quantity(found.value, unit) : none);
    }),
    isPriced ? h("td", { class: "number" }, extra === null ? none : `+${percent(extra)}`) : null);
}
