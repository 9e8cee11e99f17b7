// The answer of the table in one line: the best run, how far ahead it is, what goes with it, what went wrong.

import { get, pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { count, loss, percent, plain, signed } from "../lib/format.js";
import { importance } from "./importance.js";
import { role } from "./model.js";
import { endedRows } from "./sweep.js";

const keysAtMost = 3;
const leastShare = 0.02;

/** Shows it in `place`: `onSweep()` opens the whole of why, `onRoles()` what the columns are, `onQuery(q)` filters. */
export async function showBest(place, model, actions) {
  try {
    fill(place, await line(model, actions));
  } catch {
    // The table is the page; it says itself what went wrong.
    fill(place);
  }
}

/** For the runs that pass the filter; null where none has ended with a loss. */
async function line(model, { onSweep, onQuery, onRoles }) {
  const { project, q, sort } = model.state;
  const listed = sort === "roles.loss" || !model.next ? model.runs : (await get("runs", { project, q, sort: "roles.loss", limit: 50 })).runs;
  const [best, next] = listed.filter((run) => run.status !== "running" && Number.isFinite(role(run, "loss"))).toSorted((a, b) => role(a, "loss") - role(b, "loss"));
  if (!best) return lossless(model, onRoles);
  const ahead = next ? role(next, "loss") - role(best, "loss") : null;
  return h("p", { class: "answer-line", id: "best" },
    h("span", {}, "Best ", h("strong", { title: "last loss that the laws read" }, loss(role(best, "loss"))), " ", h("a", { href: pageURL("run/", { project, id: best.id }) }, best.name || best.id.slice(0, 8))),
    next ? h("span", {}, `${signed(ahead)} to the next: `, h("a", { id: "compare-two", href: pageURL("compare/", { project, runs: `${best.id},${next.id}` }), title: `${best.name} and ${next.name}` }, "what differs, and is it clear?")) : null,
    reasons(model, best, onSweep), troubles(model, onQuery));
}

/** Runs with metrics of which none is known to be the loss. */
function lossless(model, onRoles) {
  const isLossless = model.runs.some((run) => Object.keys(run.metrics ?? {}).length) && !model.runs.some((run) => run.roles?.loss !== undefined);
  if (!isLossless) return null;
  return h("p", { class: "answer-line", id: "no-loss" }, h("span", {}, "None of the metrics is known to be the loss. ", h("button", { type: "button", class: "link", on: { click: onRoles } }, "Say which column is what")));
}

/** The keys whose values go with the order of all losses, as the best run has them. */
function reasons(model, best, onSweep) {
  // A wish and what came of it, such as mixture/code and achievedMixture/code, are told once.
  const named = new Map();
  for (const item of importance(endedRows(model))) if (item.share > leastShare && !named.has(leaf(item.key))) named.set(leaf(item.key), item);
  const found = [...named.values()].slice(0, keysAtMost);
  if (!found.length) return null;
  return h("span", { title: "share of the order of all losses that goes with each; keys that move together share it" }, "Why: ",
    found.map(({ key, share }, index) => [index ? " · " : "", `${key} ${written(best.params?.[key])} `, h("span", { class: "dim" }, percent(100 * share))]), " ",
    h("button", { type: "button", class: "link", id: "what-matters", on: { click: onSweep } }, "all keys"));
}

const leaf = (key) => key.split("/").at(-1);

/** Params are texts: "1048576" is read as 1.05M, "cosine" stays. */
const written = (text) => (text !== undefined && text !== "" && Number.isFinite(Number(text)) ? plain(Number(text)) : text ?? "");

function troubles(model, onQuery) {
  const kinds = ["diverged", "failed", "stalled"].map((state) => [state, model.runs.filter((run) => (run.state ?? run.status) === state).length]).filter(([, number]) => number);
  return kinds.map(([state, number]) => h("button", { type: "button", class: "link bad", on: { click: () => onQuery(`status = ${state}`) } }, `${count(number)} ${state}`));
}
