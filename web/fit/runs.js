// The runs behind a fit: what it says of each, which it left out, and why.

import { pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { loss, none, plural, signed, wire } from "../lib/format.js";

const rowsAtMost = 400;

/** One shape for the bodies of all laws: [{id, name, observed, predicted, error, note}]. */
function runsOf(fit) {
  const list = fit.residuals?.length ? fit.residuals : fit.runs ?? [];
  return list.filter((item) => item && typeof item === "object").map((item) => {
    const observed = wire(item.observed ?? item.lossNats ?? item.loss ?? null);
    const predicted = wire(item.predicted ?? item.outOfFold ?? null);
    const excess = wire(item.excessPercent ?? null);
    const error = observed !== null && predicted !== null && predicted !== 0 ? 100 * (observed / predicted - 1) : excess;
    const notes = [item.isDiverged ? "diverged" : null, item.isNearOptimal ? "near the optimum" : null, excess !== null ? "above the best of its cell" : null];
    return { id: item.runID ?? item.id ?? null, name: item.runName ?? item.name ?? "", observed, predicted, error, note: notes.filter(Boolean).join(", ") };
  });
}

/** `state`: {sort: "error" or "name", find}; `change(values)` hears what was chosen. */
export function runsCard(fit, project, state, change) {
  const runs = runsOf(fit);
  if (!runs.length) return null;
  const wanted = state.find.trim().toLowerCase();
  const size = (run) => (Number.isFinite(run.error) ? Math.abs(run.error) : -1);
  const shown = runs.filter((run) => run.name.toLowerCase().includes(wanted))
    .toSorted(state.sort === "name" ? (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }) : (a, b) => size(b) - size(a));
  const body = h("tbody", {});
  fill(body, shown.slice(0, rowsAtMost).map((run) => row(run, project)));
  const head = (label, sort) => h("th", { class: sort === "error" ? "number" : "", "aria-sort": state.sort === sort ? "descending" : null }, h("button", { type: "button", on: { click: () => change({ sort }) } }, label));
  return h("section", { class: "card", id: "used" },
    h("header", {}, h("h3", {}, `${plural(runs.length, "run")} used`), h("small", {}, shown.length > rowsAtMost ? `the first ${rowsAtMost} of ${shown.length}` : "the worst described first"),
      h("div", { class: "tools" }, h("input", { class: "text-input", type: "search", value: state.find, placeholder: "find a run", "aria-label": "Find a run of the fit", on: { change: (event) => change({ find: event.target.value }) } }))),
    h("div", { class: "scroll used-scroll", tabindex: "0", role: "region", "aria-label": "Runs used" }, h("table", { class: "table" },
      h("thead", {}, h("tr", {}, head("run", "name"), h("th", { class: "number" }, "measured"), h("th", { class: "number" }, "predicted"), head("off by", "error"), h("th", { class: "optional" }, ""))), body)));
}

function row(run, project) {
  return h("tr", {}, h("td", { class: "name" }, run.id ? h("a", { href: pageURL("run/", { project, id: run.id }) }, run.name || run.id.slice(0, 8)) : run.name),
    h("td", { class: "number" }, run.observed === null ? none : loss(run.observed)), h("td", { class: "number" }, run.predicted === null ? none : loss(run.predicted)),
    h("td", { class: "number" }, Number.isFinite(run.error) ? `${signed(run.error, 2)} %` : none), h("td", { class: "optional dim" }, run.note));
}
