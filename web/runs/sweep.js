// Which hyperparameters matter in the listed runs: shares of the order of the losses, and every run as a line.

import { parallelCoordinates } from "../components/parcoords.js";
import { h } from "../lib/dom.js";
import { percent, plural } from "../lib/format.js";
import { importance } from "./importance.js";
import { role } from "./model.js";

const axesAtMost = 7;
const linesAtMost = 400;
const ended = new Set(["finished", "failed", "killed", "diverged"]);

/** The listed runs that have ended with a loss, as `importance` reads them. */
export function endedRows(model) {
  return model.runs.filter((run) => ended.has(run.state ?? run.status) && run.roles?.loss !== undefined)
    .map((run) => ({ run, name: run.name, loss: role(run, "loss"), params: run.params ?? {} }));
}

/** `onOpen(id)` for a line that is pressed. */
export function sweepCard(model, onOpen) {
  const rows = endedRows(model);
  const found = importance(rows);
  return h("section", { class: "card", id: "sweep" },
    h("header", {}, h("h3", {}, "Which hyperparameters matter"), h("small", {}, `${plural(rows.length, "ended run")} listed · share of the order of their losses that goes with each; keys that move together share it`)),
    found.length ? [shares(found), lines(rows, found, onOpen)]
      : h("p", { class: "pad dim" }, "It needs at least 8 ended runs with a loss, and hyperparameters that differ between them."));
}

function shares(found) {
  return h("div", { class: "scroll shares", tabindex: "0", role: "region", "aria-label": "Shares" }, found.slice(0, 12).map(({ key, also, share, values }) => h("div", { class: "share" },
    h("span", { class: "name", title: [key, ...also].join(" = ") }, [key, ...also].join(" = ")), h("span", { class: "meter wide", "aria-hidden": "true" }, h("i", { css: { width: `${100 * share}%` } })), h("span", {}, share < 0.005 ? "0 %" : percent(100 * share)),
    h("small", { class: "dim" }, plural(values, "value")))));
}

function lines(rows, found, onOpen) {
  const keys = found.slice(0, axesAtMost).map(({ key }) => key).reverse();
  const finite = rows.filter((row) => Number.isFinite(row.loss)).slice(0, linesAtMost);
  if (!finite.length) return null;
  const axes = [...keys.map((key) => ({ title: key.length > 20 ? `${key.slice(0, 19)}…` : key, value: (row) => row.params[key] ?? "" })), { title: "loss", value: (row) => row.loss }];
  const label = `${plural(finite.length, "run")} over ${keys.join(", ")} and loss; ${found[0].key} goes with ${percent(100 * found[0].share)} of their order`;
  return h("div", { class: "scroll" }, parallelCoordinates(axes, finite, { label, onOpen: (row) => onOpen(row.run.id) }));
}
