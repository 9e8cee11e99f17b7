// What differs between runs, key by key, to read and to copy.

import { copyButton } from "../components/copy.js";
import { toggle } from "../components/segmented.js";
import { h } from "../lib/dom.js";
import { loss, measure, none, plain, wire } from "../lib/format.js";
import { csv, markdown } from "../lib/table-text.js";

const differs = (item) => new Set(item.values.map((value) => String(value))).size > 1;

/** Params and tags, only those that differ unless `all`. */
export function differencesCard(compared, { runs, base, all, onAll }) {
  const rows = [...compared.params.map((item) => ({ ...item, from: "param" })), ...compared.tags.filter((item) => !item.key.startsWith("mlflow.")).map((item) => ({ ...item, from: "tag" }))];
  const shown = rows.filter((item) => all || differs(item));
  const same = rows.length - rows.filter(differs).length;
  const at = runs.findIndex((run) => run.id === base.id);
  const table = [["", ...runs.map((run) => run.name)], ...shown.map((item) => [item.key, ...item.values.map((value) => value ?? "")])];
  return h("section", { class: "card", id: "differences" },
    h("header", {}, h("h3", {}, "What differs"), h("small", {}, `${shown.length} of ${rows.length} params and tags${all ? "" : `, ${same} are the same`}`),
      h("div", { class: "tools" }, toggle("all", all, onAll, "also what is the same"), ...copies(table))),
    shown.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Params and tags that differ" }, h("table", { class: "table", id: "differing" },
      head(runs, base),
      h("tbody", {}, shown.map((item) => h("tr", {}, h("th", { scope: "row" }, item.key, item.from === "tag" ? h("small", { class: "dim" }, " tag") : null),
        item.values.map((value, index) => cell(item, value, index, at)))))))
      : h("p", { class: "pad dim" }, "Every param and tag is the same: what is left are seeds that nobody logged, machines, or chance."));
}

function cell(item, value, index, at) {
  const own = item.values[at];
  const changed = index !== at && value !== own;
  const factor = changed && item.kind === "number" && Number(own) && Number(value) ? Number(value) / Number(own) : null;
  return h("td", { class: [item.kind === "number" ? "number" : "", changed ? "changed" : ""].join(" "), title: factor && factor > 0 ? `${plain(factor)} times the base` : "" },
    value === null ? h("span", { class: "dim" }, "not set") : value);
}

/** Last values of metrics, each with its difference to the base. */
export function metricsCard(compared, runs, base) {
  const at = runs.findIndex((run) => run.id === base.id);
  const metrics = compared.metrics.filter((item) => !item.name.startsWith("system/"));
  if (!metrics.length) return null;
  const table = [["", ...runs.map((run) => run.name)], ...metrics.map((item) => [item.name, ...item.values.map((value) => value?.last ?? "")])];
  return h("section", { class: "card", id: "metrics" },
    h("header", {}, h("h3", {}, "Last values"), h("small", {}, "with the difference to the base; runs of other lengths are not at the same place"), h("div", { class: "tools" }, ...copies(table))),
    h("div", { class: "scroll metric-scroll", tabindex: "0", role: "region", "aria-label": "Last values" }, h("table", { class: "table" }, head(runs, base),
      h("tbody", {}, metrics.map((item) => h("tr", {}, h("th", { scope: "row" }, item.name), item.values.map((value, index) => h("td", { class: "number" }, metricCell(value, item.values[at], index === at)))))))));
}

function metricCell(value, base, isBase) {
  const own = wire(value?.last ?? null);
  const other = wire(base?.last ?? null);
  if (own === null) return none;
  if (isBase || other === null) return figure(own);
  return [figure(own), " ", h("small", { class: "dim" }, own === other ? "=" : `${own < other ? "−" : "+"}${measure(Math.abs(own - other))}`)];
}

const figure = (value) => (Math.abs(value) >= 1e5 ? plain(value) : loss(value));

function head(runs, base) {
  return h("thead", {}, h("tr", {}, h("th", {}, ""), runs.map((run) => h("th", { class: "number name", title: run.name }, run.name, run.id === base.id ? h("small", { class: "dim" }, " base") : null))));
}

/** Buttons that copy a table, its first row being the head. */
function copies(table) {
  return [copyButton("Markdown", () => markdown(table), "quiet"), copyButton("CSV", () => csv(table), "quiet")];
}
