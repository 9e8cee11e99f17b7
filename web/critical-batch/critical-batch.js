// Critical batch: up to what batch do I lose nothing, and what does a larger one cost?

import "../components/nav.js";
import { lawQuestionPage } from "../components/law-question-page.js";
import { percent } from "../lib/format.js";

/** The largest size measured. */
function largest({ groups }) {
  const sizes = (groups ?? []).map((group) => group.parameters).filter((size) => size > 0);
  return sizes.length ? Math.max(...sizes) : null;
}

lawQuestionPage({
  title: "Critical batch",
  law: "critical-batch",
  formTitle: "Ask",
  shows: (card) => card.family === "batch-trade-off",
  fields: [
    ["parameters", "Model size N", "430M", "as the project counts it"],
    ["targetLoss", "Target loss", "3.4", "nats per token; picks the group"],
    ["wastePercent", "Waste at most", "20", "per cent more tokens than the least"],
    ["batchTokens", "or this batch", "1M", "tokens per step: what it costs"],
    ["tokensPerSecond", "Tokens/s, device", "40k", "of one device, for time and cost"],
    ["devices", "Devices", "64", "of the cluster"],
  ],
  preset: (fit) => (largest(fit) ? { parameters: largest(fit), wastePercent: 20 } : null),
  dial: () => ({ label: "Waste at most", name: "wastePercent", low: 1, high: 200, write: (value) => `${percent(value)} more tokens` }),
  kinds: [
    ["steps-to-target", "Steps to the target over batch"], ["critical-batch-over-size", "Critical batch over size"],
    ["noise-scale", "Variance over squared gradient"],
  ],
  invitation: "Say how many tokens may be wasted for speed, or give a batch, to see steps, tokens and time.",
  needs: "Runs at several batches that reach the same loss, at one model size or more: log targetLoss and stepCount, the loss curves, or train each batch for two lengths.",
});
