// One run, opened: state, roles, last metrics, params and tags.

import { h } from "../lib/dom.js";
import { ago, dateTime, duration, loss, plain } from "../lib/format.js";

export function runDetails(run, { onClose, onPin, pinned, page }) {
  const started = dateTime(run.startTime);
  const lasted = run.endTime && run.startTime ? (run.endTime - run.startTime) / 1e6 : null;
  return h("section", { class: "card run-details", id: "run-details", "aria-label": `Run ${run.name}` },
    h("header", {}, h("h3", {}, run.name), h("small", {}, run.id),
      h("div", { class: "tools" },
        h("a", { class: "quiet", id: "run-page", href: page, title: "key e" }, "Open its page"),
        h("button", { type: "button", class: "quiet", on: { click: onPin } }, pinned ? "Unpin" : "Pin as base"),
        h("button", { type: "button", class: "quiet", "aria-label": "Close run", on: { click: onClose } }, "✕"))),
    run.note ? h("p", { class: "note" }, run.note) : "",
    h("div", { class: "run-card columns-3", tabindex: "0", role: "region", "aria-label": "State, metrics and params" },
      group("Run", [
        ["state", run.state ?? run.status], ["started", h("span", { title: started.title }, started.text)],
        ["lasted", lasted > 0 ? duration(lasted) : null], ["last write", ago(run.updatedAt)], ["parent", run.parent], ["group", run.group],
        ["ended by", run.lostAt ? "the server, for its silence" : null],
        ...Object.entries(run.roles ?? {}).map(([name, value]) => [name, name === "loss" ? loss(value) : plain(value)]),
      ]),
      group("Metrics, last value", Object.entries(run.metrics ?? {}).map(([name, metric]) => [
        name, `${plain(metric.last)} at step ${metric.lastStep}${metric.notFinite ? ` · ${metric.notFinite} not finite` : ""}`,
      ])),
      group("Params and tags", [...Object.entries(run.params ?? {}), ...Object.entries(run.tags ?? {}).filter(([name]) => name !== "mlflow.note.content")])));
}

function group(title, rows) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("div", {}, h("h3", {}, title), h("dl", { class: "facts" },
    shown.slice(0, 80).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}
