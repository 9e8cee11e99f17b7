// Scaling: how good for a budget, and with which model size and tokens?

import "../components/nav.js";
import { errorBanner } from "../components/banner.js";
import { figureKinds, lawCards, lawPicker } from "../components/law-card.js";
import { LawPage } from "../components/law-page.js";
import { questionForm } from "../components/question-form.js";
import { pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";

const defaults = { project: "", law: "chinchilla", flops: "", parameters: "", tokens: "", inferenceTokens: "" };
const asked = ["flops", "parameters", "tokens", "inferenceTokens"];
const fields = [
  ["flops", "Compute C", "1e21", "FLOPs for training, 6·N·D; gives the best N and D"],
  ["parameters", "or size N", "430M", "with tokens: the loss there; alone with C: the tokens"],
  ["tokens", "and tokens D", "20B", "training tokens"],
  ["inferenceTokens", "Tokens to serve", "1T", "over the model's life: a smaller model is then cheaper"],
];
const main = byID("main");
let state = readState(defaults);
let cards = [];

const page = new LawPage({
  kinds: [
    ["loss-over-compute", "Loss over training compute"], ["iso-flop", "Loss over size at equal compute"],
    ["optimal-allocation", "Best size and tokens"], ["law-comparison", "Which law predicts best"],
    ["residual-board", "Error of every run"],
  ],
  question: () => Object.fromEntries(asked.map((name) => [name, state[name]])),
  form: () => questionForm("Ask for a budget", fields, state, change),
  invitation: "Give a compute budget to see the best model size and tokens for it, with their range and what other rules would cost.",
  needs: "Finished runs of at least three model sizes and three token counts that do not move together, with their final loss.",
});

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  try {
    const [all, figures] = await Promise.all([lawCards(), figureKinds()]);
    const drawn = figures.find((figure) => figure.kind === "loss-over-compute")?.laws ?? [];
    cards = all.filter((card) => drawn.includes(card.id));
    await show();
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

async function show() {
  const card = cards.find((item) => item.id === state.law) ?? cards[0];
  state.law = card.id;
  fill(main, h("div", { class: "bar" }, h("h1", {}, "Scaling"),
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
