// Menus that choose columns of the table and panels of the grid.

import { fill, h } from "../lib/dom.js";
import { bands } from "./groups.js";

/** Metrics with a check box each. */
export function metricPicker(model, shown, onChange) {
  const names = model.metrics.map((metric) => metric.name);
  const system = new Set(model.metrics.filter((metric) => metric.kind === "system").map((metric) => metric.name));
  return picker(`panels ${shown.length}/${names.length}`, (search) => names.filter(matching(search)).slice(0, 200),
    shown, onChange, system);
}

/** Params and metrics as extra columns; params that never change come last. */
export function columnPicker(model, onChange) {
  const { cols } = model.state;
  const names = [...changing(model.runs), ...model.metrics.map((metric) => `metrics.${metric.name}`)];
  return picker(cols.length ? `columns +${cols.length}` : "columns", (search) => names.filter(matching(search)).slice(0, 200), cols, onChange);
}

/** What the runs can be grouped by: the group, and params that differ with few enough values. */
export function groupPicker(model, onChange) {
  const { group, band } = model.state;
  const keys = [...(model.runs.some((run) => run.group) ? ["group"] : []), ...changing(model.runs)];
  if (group && !keys.includes(group)) keys.push(group);
  const option = (value, text, chosen) => h("option", { value, selected: chosen }, text);
  const by = h("select", { class: "chip", id: "group-by", "aria-label": "Group by", on: { change: (event) => onChange({ group: event.target.value }) } },
    option("", "group by none", !group), keys.map((key) => option(key, `group by ${key.replace(/^params\./, "")}`, key === group)));
  if (!group) return [by];
  return [by, h("select", { class: "chip", id: "band", "aria-label": "Band of a group", on: { change: (event) => onChange({ band: event.target.value }) } },
    bands.map(([value, text]) => option(value, text, value === band)))];
}

/** Names in `system` come last in what `find` answers and stand under a heading of their own. */
function picker(label, find, chosen, onChange, system = new Set()) {
  const list = h("div", {});
  const selected = new Set(chosen);
  const row = (name) => h("label", {},
    h("input", { type: "checkbox", checked: selected.has(name), on: { change: (event) => choose(name, event.target.checked) } }),
    name);
  const draw = (search) => {
    const names = find(search);
    const first = names.findIndex((name) => system.has(name));
    fill(list, names.flatMap((name, index) => index === first ? [h("div", { class: "dim" }, "System"), row(name)] : [row(name)]));
  };
  function choose(name, on) {
    if (on) selected.add(name);
    else selected.delete(name);
    onChange([...selected]);
  }
  const search = h("input", { class: "text-input", type: "search", placeholder: "find", "aria-label": `Find in ${label}`, on: { input: () => draw(search.value) } });
  draw("");
  return h("details", { class: "picker" }, h("summary", { class: "chip" }, label), h("div", {}, search, list));
}

function matching(search) {
  const wanted = search.trim().toLowerCase();
  return (name) => name.toLowerCase().includes(wanted);
}

let counted = { runs: null, length: 0, names: [] };

/** Names of params that differ between the listed runs; counted anew when the list is another. */
function changing(runs) {
  if (counted.runs === runs && counted.length === runs.length) return counted.names;
  const first = new Map();
  const found = new Set();
  for (const run of runs) {
    for (const [name, value] of Object.entries(run.params ?? {})) {
      if (!first.has(name)) first.set(name, value);
      else if (first.get(name) !== value) found.add(name);
    }
  }
  counted = { runs, length: runs.length, names: [...found].map((name) => `params.${name}`).sort() };
  return counted.names;
}
