// Beside the surface: the question with the tolerance, who says what, and the next best runs.

import { errorBanner } from "../components/banner.js";
import { lawID, rivalTable } from "../components/law-answer.js";
import { lawForm } from "../components/law-form.js";
import { get, pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { percent, rate, si, signed, wire } from "../lib/format.js";

const suggested = 3;

/** `onAsk(values)`; `onTolerance(percent)` while the slider moves. */
export function questionCard(state, onAsk, onTolerance) {
  const shown = h("output", { class: "slider-value", for: "tolerance" }, `+${percent(state.tolerance)}`);
  const slider = h("input", {
    type: "range", min: "-2", max: "0.7", step: "0.01", id: "tolerance", "aria-label": "Tolerance of the safe zone, per cent of the loss",
    on: {
      input: () => {
        const tolerance = Number((10 ** Number(slider.value)).toPrecision(2));
        shown.textContent = `+${percent(tolerance)}`;
        slider.setAttribute("aria-valuetext", `${percent(tolerance)} of the loss`);
        onTolerance(tolerance);
      },
    },
  });
  slider.value = String(Math.log10(state.tolerance));
  return h("section", { class: "card pad" }, h("h3", {}, "Ask for another size"),
    lawForm(["parameters", "tokens", "sequenceLength"], state, onAsk, {
      extra: [h("label", { class: "field" }, h("span", {}, "Within ", shown), slider)],
    }));
}

/** `drawn` are the ids of the laws that the surface has; `worth` as in view.js. */
export function rivalCard(answer, { drawn, hidden, worth, onToggle }) {
  return h("section", { class: "card", id: "who-says-what" },
    h("header", {}, h("h3", {}, "Who says what"), h("small", {}, drawn.size ? "◆ on the surface; the others lie outside it" : "published laws, and what each would cost")),
    h("div", { class: "side-scroll", tabindex: "0", role: "region", "aria-label": "Who says what" }, rivalTable(answer, { drawn, hidden, worth, onToggle })));
}

/** Which runs would narrow this answer most, for the price of three of the largest size trained. */
export function nextCard(project, record, target, nearest) {
  const body = h("div", { class: "pad dim" }, "Weighing runs…");
  const small = h("small", {});
  const size = nearest ?? { parameterCount: target.parameters, tokenCount: target.tokens };
  const budgetFLOPs = suggested * 6 * size.parameterCount * size.tokenCount;
  const planner = pageURL("recommend/", { project, ...target, budgetFLOPs: budgetFLOPs.toPrecision(3) });
  const card = h("section", { class: "card", id: "next-best" }, h("header", {}, h("h3", {}, "Next best runs"), small,
    h("div", { class: "tools" }, h("a", { href: planner }, "plan"))), body);
  get("next-runs", { project, law: lawID, fit: record.id, ...target, budgetFLOPs, count: suggested }).then((plan) => {
    small.textContent = `${rate(plan.totalFLOPs)} FLOPs · expected regret ${signed(100 * (plan.after / plan.before - 1), 1)} %`;
    small.title = plan.criterion;
    body.className = "scroll";
    fill(body, h("table", { class: "table" }, h("thead", {}, h("tr", {}, ["LR", "batch", "N", "D", "of gain"].map((name) => h("th", { class: "number" }, name)))),
      h("tbody", {}, plan.runs.map((run) => h("tr", { title: run.reason }, [rate(run.peakLearningRate ?? null), si(run.batchTokens ?? null),
        si(run.parameterCount), si(run.tokenCount), percent(100 * (wire(run.gainShare) ?? 0))].map((text) => h("td", { class: "number" }, text)))))));
  }, (error) => {
    body.className = "pad";
    fill(body, errorBanner(error, null));
  });
  return card;
}
