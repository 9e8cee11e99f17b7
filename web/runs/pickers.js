// Menus that choose columns of the table and panels of the grid.

import { copyButton } from "../components/copy.js";
import { apiURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { none, wire } from "../lib/format.js";
import { columnsOf } from "./columns.js";

const bands = [["range", "min – max"], ["quartiles", "25 – 75 %"], ["mean", "mean ± 95 %"]];
const copiedAtMost = 500;
const roles = [["roles.loss", "loss"], ["roles.parameterCount", "parameters"], ["roles.tokenCount", "tokens"], ["roles.peakLearningRate", "learning rate"], ["roles.batchTokens", "batch"]];

/** Metrics with a check box each. */
export function metricPicker(model, shown, onChange) {
  const names = model.metrics.map((metric) => metric.name);
  const system = new Set(model.metrics.filter((metric) => metric.kind === "system").map((metric) => metric.name));
  return picker(`panels ${shown.length}/${names.length}`, (search) => names.filter(matching(search)).slice(0, 200),
    shown, onChange, system);
}

/** Params and metrics as extra columns: all, or only what differs between the listed runs; and which columns stay at the left. */
export function columnPicker(model, onChange, onLeft) {
  const { cols } = model.state;
  const metrics = model.metrics.map((metric) => `metrics.${metric.name}`);
  const differing = h("input", { type: "checkbox", checked: true });
  const names = () => [...new Set([...(differing.checked ? changing(model.runs) : logged(model.runs)), ...metrics, ...cols])];
  return picker(cols.length ? `columns +${cols.length}` : "columns", (search) => names().filter(matching(search)).slice(0, 200), cols, onChange, new Set(),
    (redraw) => { differing.addEventListener("change", redraw); return [leftPicker(model, onLeft), h("label", { class: "dim" }, differing, "changed between runs only")]; });
}

/** Columns that stay beside the name where the table is scrolled. */
function leftPicker(model, onLeft) {
  const list = h("div", {});
  const choose = (id, on) => { onLeft([...model.state.left.filter((other) => other !== id), ...(on ? [id] : [])]); };
  // What the table shows by now is asked when it is opened.
  const draw = () => fill(list, columnsOf(model).map(({ id, label }) => h("label", {},
    h("input", { type: "checkbox", value: id, checked: model.state.left.includes(id), on: { change: (event) => choose(id, event.target.checked) } }), label)));
  return h("details", { id: "left-columns", on: { toggle: draw } }, h("summary", { class: "dim" }, "keep at the left"), list);
}

/** What the colours of the lines say. */
export function colorPicker(model, onChange) {
  const { color } = model.state;
  const keys = [...roles.filter(([key]) => model.runs.some((run) => run.roles?.[key.slice(6)] !== undefined)), ["state", "state"],
    ...(model.runs.some((run) => run.group) ? [["group", "group"]] : []), ...changing(model.runs).map((key) => [key, key.replace(/^params\./, "")])];
  if (color && !keys.some(([key]) => key === color)) keys.push([color, color.replace(/^\w+\./, "")]);
  return select("color-by", "Colour by", (value) => onChange({ color: value }), [["", "colour by run"], ...keys.map(([key, name]) => [key, `colour by ${name}`])], color);
}

/** The table as files of all that pass the filter, and as text of what is loaded. */
export function exportMenu(model) {
  const { project, q, sort } = model.state;
  const file = (format) => h("a", { href: apiURL("runs/export", { project, q, sort, format }), download: `${project}-runs-${new Date().toISOString().slice(0, 10)}.${format}` }, `all that pass, ${format.toUpperCase()}`);
  const text = (write) => () => import("../lib/table-text.js").then((module) => module[write](rows(model)));
  return h("details", { class: "picker menu-list" }, h("summary", { class: "chip" }, "export"), h("div", {}, file("csv"), file("jsonl"),
    copyButton("copy the rows as Markdown", text("markdown"), "link"), copyButton("copy the rows as CSV", text("csv"), "link"),
    copyButton("copy Python", () => `# Isoloss · project ${project}${q ? ` · ${q}` : ""} · ${new Date().toISOString().slice(0, 10)}\nimport pandas\nruns = pandas.read_csv("${apiURL("runs/export", { project, q, sort, format: "csv" })}")\nprint(runs.describe())\n`, "link")));
}

function rows(model) {
  const named = ["loss", "peakLearningRate", "batchTokens", "tokenCount", "parameterCount"];
  const { cols } = model.state;
  return [["run", "state", ...named, ...cols], ...model.runs.slice(0, copiedAtMost).map((run) => [run.name, run.state ?? run.status,
    ...named.map((role) => wire(run.roles?.[role] ?? null) ?? none),
    ...cols.map((name) => (name.startsWith("metrics.") ? run.metrics?.[name.slice(8)]?.last : run.params?.[name.slice(7)]) ?? none)])];
}

/** What the runs can be grouped by: the group, and params that differ with few enough values. */
export function groupPicker(model, onChange) {
  const { group, band } = model.state;
  const keys = [...(model.runs.some((run) => run.group) ? ["group"] : []), ...changing(model.runs)];
  if (group && !keys.includes(group)) keys.push(group);
  const by = select("group-by", "Group by", (value) => onChange({ group: value }), [["", "group by none"], ...keys.map((key) => [key, `group by ${key.replace(/^params\./, "")}`])], group);
  return group ? [by, select("band", "Band of a group", (value) => onChange({ band: value }), bands, band)] : [by];
}

function select(id, label, onChange, options, chosen) {
  return h("select", { class: "chip", id, "aria-label": label, on: { change: (event) => onChange(event.target.value) } },
    options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
}

/** Names in `system` come last in what `find` answers and stand under a heading of their own; `more(redraw)` makes a line above them. */
function picker(label, find, chosen, onChange, system = new Set(), more = () => null) {
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
  return h("details", { class: "picker" }, h("summary", { class: "chip" }, label), h("div", {}, search, more(() => draw(search.value)), list));
}

function matching(search) {
  const wanted = search.trim().toLowerCase();
  return (name) => name.toLowerCase().includes(wanted);
}

function logged(runs) {
  return [...new Set(runs.flatMap((run) => Object.keys(run.params ?? {})))].map((name) => `params.${name}`).sort();
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
