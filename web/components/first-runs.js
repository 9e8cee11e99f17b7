// Runs with which a law could be fitted that has too few to stand on.

import { get } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { runPlan } from "./run-plan.js";

/** `question`: what the page asks. Nothing for a law whose runs differ in more than a plan can say. */
export async function firstRuns(project, law, { parameters, tokens, sequenceLength } = {}) {
  const target = parameters ? { parameters, tokens: tokens || null } : {};
  const plan = await get("first-runs", { project, law, ...target }).catch(() => null);
  if (!plan?.runs.length) return null;
  return h("section", { class: "card", id: "first-runs" },
    runPlan(`${plural(plan.runs.length, "run")} that would do`, plan, { id: "first-runs-planned", sequenceLength }));
}
