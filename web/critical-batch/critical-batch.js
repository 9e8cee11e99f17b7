// Critical batch: up to what batch do I lose nothing, and what does a larger one cost?

import "../components/nav.js";
import { errorBanner } from "../components/banner.js";
import { lawCards, lawPicker } from "../components/law-card.js";
import { LawPage } from "../components/law-page.js";
import { questionForm } from "../components/question-form.js";
import { pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";

const defaults = {
  project: "", law: "critical-batch", parameters: "", targetLoss: "", wastePercent: "", batchTokens: "",
  tokensPerSecond: "", devices: "",
};
const asked = ["parameters", "targetLoss", "wastePercent", "batchTokens", "tokensPerSecond", "devices"];
const fields = [
  ["parameters", "Model size N", "430M", "as the project counts it"],
  ["targetLoss", "Target loss", "3.4", "nats per token; picks the group"],
  ["wastePercent", "Waste at most", "20", "per cent more tokens than the least"],
  ["batchTokens", "or this batch", "1M", "tokens per step: what it costs"],
  ["tokensPerSecond", "Tokens/s, device", "40k", "of one device, for time and cost"],
  ["devices", "Devices", "64", "of the cluster"],
];
const main = byID("main");
let state = readState(defaults);
let cards = [];

const page = new LawPage({
  kinds: [
    ["steps-to-target", "Steps to the target over batch"], ["critical-batch-over-size", "Critical batch over size"],
    ["parameter-drift", "Parameters over fits"],
  ],
  question: () => Object.fromEntries(asked.map((name) => [name, state[name]])),
  form: () => questionForm("Ask", fields, state, change),
  invitation: "Say how many tokens may be wasted for speed, or give a batch, to see steps, tokens and time.",
  needs: "Runs at several batches that reach the same loss, at one model size or more: log targetLoss and stepCount, or the loss curves.",
});

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  try {
    cards = (await lawCards()).filter((card) => card.family === "batch-trade-off" && card.kind === "fitted");
    await show();
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

async function show() {
  const card = cards.find((item) => item.id === state.law) ?? cards[0];
  state.law = card.id;
  fill(main, h("div", { class: "bar" }, h("h1", {}, "Critical batch"),
    h("label", { class: "pick" }, h("span", { class: "dim" }, "Law"), lawPicker(cards, card.id, (law) => change({ law })))), page.element);
  await page.show(state.project, card);
}

function change(values) {
  const law = state.law;
  Object.assign(state, values);
  writeState(state, defaults, { push: true });
  if (state.law === law) page.ask(state.project, cards.find((card) => card.id === law));
  else show();
}

onNavigate(() => { state = readState(defaults); show(); });
start();
