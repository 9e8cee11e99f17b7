// Beside the surface: the question with the tolerance, who says what, and the next best runs.

import { copyButton } from "../components/copy.js";
import { column } from "../components/figure-data.js";
import { rivalTable } from "../components/law-answer.js";
import { lawForm } from "../components/law-form.js";
import { pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { percent, rate, si } from "../lib/format.js";

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

/** The runs that would take most of the doubt away, as figure `next-best-run` has them; `show(spec)` fills it. */
export function nextCard(project, target) {
  const body = h("div", { class: "scroll" });
  const now = h("small", {});
  let runs = [];
  const budgetFLOPs = (3 * 6 * target.parameters * target.tokens).toPrecision(3);
  const card = h("section", { class: "card", id: "next-best", hidden: true }, h("header", {}, h("h3", {}, "Next best runs"), now,
    h("div", { class: "tools" }, copyButton("Copy JSON", () => JSON.stringify(runs, null, 2), "quiet"),
      h("a", { href: pageURL("recommend/", { project, ...target, budgetFLOPs }) }, "plan"))), body);

  function show(spec) {
    const best = spec.data.find((trace) => trace.meta?.role === "optimum");
    if (!best) return;
    const batches = column(best.y);
    runs = column(best.x).map((peakLearningRate, index) => ({
      peakLearningRate: Number(peakLearningRate.toPrecision(3)), batchTokens: batches[index], parameterCount: target.parameters, tokenCount: target.tokens,
    }));
    now.textContent = spec.layout.meta.answer.split(",")[0];
    const after = (index) => /\S+ %$/.exec(best.hovertext?.[index] ?? "")?.[0] ?? "";
    fill(body, h("table", { class: "table" }, h("thead", {}, h("tr", {}, ["", "LR", "batch", "cost after it"].map((name) => h("th", { class: "number" }, name)))),
      h("tbody", {}, runs.map((run, index) => h("tr", {}, [String(index + 1), rate(run.peakLearningRate), si(run.batchTokens), after(index)]
        .map((text) => h("td", { class: "number" }, text)))))));
    card.hidden = false;
  }

  return { card, show };
}
