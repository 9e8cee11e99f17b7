// Every fit of the project: which law, how it went, how far it is, and a way to stop it.

import { send } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { ago, count, dateTime, none, percent } from "../lib/format.js";

const isOpen = (fit) => fit.status === "queued" || fit.status === "running";

/** Of fits that failed the newest of each law; the others say the same of fewer runs. */
function worthReading(fits) {
  const name = (fit) => `${fit.law} ${fit.where ?? ""}`;
  const failed = Map.groupBy(fits.filter((fit) => fit.status === "failed"), name);
  return fits.filter((fit) => fit.status !== "failed" || failed.get(name(fit))[0] === fit)
    .map((fit) => ({ ...fit, times: fit.status === "failed" ? failed.get(name(fit)).length : 1 }));
}

/** `choose(id)` shows one; `changed(error)` hears that a fit was stopped, or could not be. */
export function fitList(fits, cards, chosen, choose, changed) {
  const titles = new Map(cards.map((card) => [card.id, card.title]));
  const head = ["law", "state", "finished", "runs", "held-out error", ""];
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "Fits of this project"), h("small", {}, "newest first")),
    h("div", { class: "scroll", css: { "max-height": "300px" }, tabindex: "0" }, h("table", { class: "table fit-list", id: "fits" },
      h("thead", {}, h("tr", {}, head.map((name, index) => h("th", { class: index > 2 ? "number" : index === 2 ? "optional" : "" }, name)))),
      h("tbody", {}, worthReading(fits).map((fit) => h("tr", { data: { id: fit.id, status: fit.status }, "aria-current": fit.id === chosen ? "true" : null },
        h("td", { class: "wrap" }, h("button", { type: "button", class: "link", title: fit.where ? `runs with ${fit.where}` : "all runs", on: { click: () => choose(fit.id) } },
          titles.get(fit.law) ?? fit.law), fit.where ? h("small", { class: "dim" }, ` ${fit.where}`) : null),
        h("td", {}, state(fit)),
        h("td", { class: "optional", title: dateTime(fit.finishedAt ?? fit.createdAt).title }, fit.finishedAt ? ago(fit.finishedAt) : none),
        h("td", { class: "number" }, count(fit.runs ?? fit.runCount ?? 0)),
        h("td", { class: "number" }, error(fit)),
        h("td", { class: "number" }, isOpen(fit) ? stop(fit, changed) : null)))))));
}

function state(fit) {
  if (fit.status === "failed") return h("span", { class: "bad", title: fit.error?.message ?? "" }, fit.times > 1 ? `failed ${count(fit.times)} times` : "failed");
  if (fit.status === "cancelled") return h("span", { class: "dim" }, "cancelled");
  if (fit.status === "queued") return h("span", { class: "dim" }, "waiting");
  if (fit.status === "running") {
    const share = Math.round(100 * (fit.progress ?? 0));
    return [h("span", { class: "progress", role: "progressbar", "aria-label": "Progress of the fit", "aria-valuenow": String(share) },
      h("i", { css: { width: `${share}%` } })), `${share} %`];
  }
  return fit.staleRuns ? h("span", { class: "warn" }, `${count(fit.staleRuns)} newer runs`) : h("span", { class: "ok" }, "finished");
}

function error(fit) {
  const { heldOutErrorPercent: own, baselineErrorPercent: naive } = fit.diagnostics ?? {};
  if (own === undefined) return none;
  if (naive === undefined) return percent(own);
  return h("span", { class: own < naive ? "ok" : "bad", title: `best naive rule ${percent(naive)}` }, percent(own));
}

function stop(fit, changed) {
  return h("button", {
    type: "button", class: "button", "aria-label": `Stop the fit of ${fit.law}`,
    on: { click: () => send("DELETE", `fits/${fit.id}`).then(() => changed(null), changed) },
  }, "Stop");
}
