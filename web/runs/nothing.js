// No run to show: how to log a first one, or which clause of the filter removes them all.

import { note } from "../components/banner.js";
import { empty, firstRun } from "../components/empty.js";
import { get } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";

export const noRuns = (project) => empty(`${project} has no runs yet`, null, firstRun(project));

/** Says into `place` which clauses no run passes, and offers the filter without each that stands in the way. */
export async function nothingFound(project, q, place, onChoose) {
  const chip = (text, label = text) => h("button", { type: "button", class: "chip", on: { click: () => onChoose(text) } }, label);
  const clauses = clausesOf(q);
  const others = (index) => clauses.filter((_, other) => other !== index).join(" and ");
  const say = (...children) => fill(place, note("No run matches. ", ...children, " ", chip("", "clear the filter")));
  say();
  if (clauses.length < 2) return;
  const [alone, without] = await Promise.all([finds(project, clauses), finds(project, clauses.map((_, index) => others(index)))]);
  if (place.firstChild?.isConnected === false) return;
  const barren = clauses.filter((_, index) => !alone[index]);
  const useful = clauses.map((_, index) => index).filter((index) => without[index]);
  say(barren.length ? ["No run at all has ", barren.map((clause, index) => [index ? ", " : "", h("code", {}, clause)]), ". "] : "Each clause has runs, but none has all. ",
    useful.length ? ["Runs are found without ", useful.map((index) => chip(others(index), clauses[index]))] : barren.length < clauses.length ? "Leaving out one of the clauses is not enough." : null);
}

/** Which of the filters find a run; what cannot be asked finds none. */
async function finds(project, filters) {
  const answers = await Promise.allSettled(filters.map((q) => get("runs", { project, q, limit: 1, fields: "none" })));
  return answers.map((answer) => answer.status === "fulfilled" && answer.value.runs.length > 0);
}

/** The clauses that "and" joins, outside of brackets and quotes; one clause where "or" joins some. */
export function clausesOf(q) {
  const tokens = q.match(/"[^"]*"?|'[^']*'?|[()]|[^\s()"']+|\s+/g) ?? [];
  const clauses = [""];
  let depth = 0;
  for (const token of tokens) {
    depth += { "(": 1, ")": -1 }[token] ?? 0;
    if (depth === 0 && /^or$/i.test(token)) return [q.trim()];
    if (depth === 0 && /^and$/i.test(token)) clauses.push("");
    else clauses[clauses.length - 1] += token;
  }
  return clauses.map((clause) => clause.trim()).filter(Boolean);
}
