// Next runs: which runs under a budget would make this answer surer, ready to launch.

import { cautions } from "../components/cautions.js";
import { errorBanner } from "../components/banner.js";
import { copyButton } from "../components/copy.js";
import { lawID } from "../components/fit-state.js";
import { questionForm } from "../components/question-form.js";
import { runPlan } from "../components/run-plan.js";
import { get } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { measure, none, percent, wire } from "../lib/format.js";

const fields = [
  ["budgetFLOPs", "FLOPs to spend", "1e20", "training compute of all runs together"],
  ["count", "Runs at most", "8", "1 to 64"],
];

/** `question()` is what the page asks, `fit()` the id of its fit; `change(values)` keeps the form. */
export class NextRuns {
  element = h("section", { class: "stack", id: "next-runs", "aria-label": "Next runs" });
  #plan = h("div", { class: "stack", "aria-live": "polite" });
  #options;
  #ticket = 0;

  constructor(options) {
    this.#options = options;
  }

  /** Lays the form anew and plans when a budget is known. */
  show(state) {
    fill(this.element, h("div", { class: "stack" }, h("div", { class: "row-form" },
      questionForm("Which runs next?", fields, state, (values) => {
        this.#options.change(values);
        this.plan({ ...state, ...values });
      }, "Plan")), this.#plan));
    this.plan(state);
  }

  async plan(state) {
    const ticket = (this.#ticket += 1);
    if (!state.budgetFLOPs) {
      fill(this.#plan, h("p", { class: "dim" }, "Say how much compute may be spent: the runs that would narrow this answer most for it, beside what evenly spread runs would give."));
      return;
    }
    fill(this.#plan, h("p", { class: "dim", role: "status" }, "Weighing runs…"));
    const { budgetFLOPs, count } = state;
    try {
      const plan = await get("next-runs", {
        project: state.project, law: lawID, fit: this.#options.fit(), ...this.#options.question(), budgetFLOPs, count,
      });
      if (ticket === this.#ticket) fill(this.#plan, cautions(plan), planCard(plan, state));
    } catch (error) {
      if (ticket === this.#ticket) fill(this.#plan, errorBanner(error, () => this.plan(state)));
    }
  }
}

function planCard(plan, state) {
  const tools = [copyButton("CLI", () => command(plan, state))];
  return h("div", { class: "card" }, runPlan("Suggested runs", plan, { id: "planned", sequenceLength: state.sequenceLength, tools }), gain(plan));
}

/** What the runs are judged by: now, after them, and after as much spent by a plain rule. */
function gain(plan) {
  const naive = wire(plan.baselineAfter ?? null);
  const rows = [["now", plan.before, ""], ["after these runs", plan.after, "own"], [plan.baselineTitle ?? "a plain rule, same price", naive, ""]];
  const known = rows.filter(([, value]) => value !== null);
  return h("div", { class: "scroll" }, h("table", { class: "table", id: "gain" },
    h("thead", {}, h("tr", {}, h("th", {}, plan.criterion), h("th", { class: "number" }, "expected"), h("th", { class: "number" }, "of now"))),
    h("tbody", {}, known.map(([name, value, look]) => h("tr", { class: look }, h("td", { class: "wrap" }, name),
      h("td", { class: "number" }, measure(value)), h("td", { class: "number" }, plan.before ? percent((100 * value) / plan.before) : none))))));
}

function command(plan, state) {
  const quoted = `'${state.project.replaceAll("'", "'\\''")}'`;
  const { target } = plan.question;
  const flags = [["budget-flops", state.budgetFLOPs], ["count", state.count], ["parameters", target.values.parameters],
    ["tokens", target.values.tokens], ["batch-tokens", target.values.batchTokens], ["sequence-length", state.sequenceLength]];
  return `isoloss --server ${location.origin} next-runs --project ${quoted} --law ${plan.law} `
    + flags.filter(([, value]) => value).map(([name, value]) => `--${name} ${value}`).join(" ");
}
