// Scaling: how good for a budget, and with which model size and tokens?

import "../components/nav.js";
import { lawQuestionPage } from "../components/law-question-page.js";
import { rate } from "../lib/format.js";

/** Compute of the smallest and the largest corner of what was trained, in FLOPs. */
function trained({ domain }) {
  const { parameterCount: size, tokenCount: tokens } = domain ?? {};
  return size && tokens ? { low: 6 * size.low * tokens.low, high: 6 * size.high * tokens.high } : null;
}

lawQuestionPage({
  title: "Scaling",
  law: "chinchilla",
  instead: ["chinchilla-tied", "kaplan"],
  formTitle: "Ask for a budget",
  shows: (card) => card.family === "model-and-data",
  fields: [
    ["flops", "Compute C", "1e21", "FLOPs for training, 6·N·D; gives the best N and D"],
    ["parameters", "or size N", "430M", "with tokens: the loss there; alone with C: the tokens"],
    ["tokens", "and tokens D", "20B", "training tokens"],
    ["inferenceTokens", "Tokens to serve", "1T", "over the model's life: a smaller model is then cheaper"],
  ],
  // A step beyond the largest runs.
  preset: (fit) => (trained(fit) ? { flops: Number((4 * trained(fit).high).toPrecision(2)) } : null),
  dial: (fit) => (trained(fit) ? { label: "Compute C", name: "flops", low: trained(fit).low, high: 1e4 * trained(fit).high, write: (flops) => `${rate(flops)} FLOPs` } : null),
  kinds: [
    ["stack-weights", "Error on the largest scales, and weight"], ["isoflop-profiles", "Loss over size, budget by budget"],
    ["loss-over-compute", "Loss over training compute"], ["loss-contour", "Loss over size and tokens"],
    ["iso-flop", "Loss over size at equal compute"],
    ["optimal-allocation", "Best size and tokens"], ["law-comparison", "Which law predicts best"],
    ["compute-regret", "What each run's loss is worth in compute"], ["exchange-rates", "Same loss, other size and tokens"],
    ["residual-board", "Error of every run"],
  ],
  invitation: "Give a compute budget to see the best model size and tokens for it, with their range and what other rules would cost.",
  needs: "Finished runs of at least three model sizes and three token counts that do not move together, with their final loss.",
});
