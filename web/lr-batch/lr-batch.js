// Learning rate × batch: which for this N and D, and how forgiving is it?

import "../components/nav.js";
import { answerStrip } from "../components/answer.js";
import { errorBanner } from "../components/banner.js";
import { cautions } from "../components/cautions.js";
import { empty, firstRun } from "../components/empty.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { fitAge, fitNow, newestFit } from "../components/fit-state.js";
import { answerItems, lawID, provenanceStrip, rivalTable, takeAway } from "../components/law-answer.js";
import { lawForm } from "../components/law-form.js";
import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { percent, si } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { choices, defaultTarget, evidence } from "./evidence.js";

const defaults = { project: "", parameters: 0, tokens: 0, sequenceLength: 0, tolerance: 0.1, hide: [] };
const main = byID("main");
let state = readState(defaults);
let record = null;

const notices = h("div", { class: "stack" });
const answerPlace = h("div", { class: "stack" });
const side = h("div", {});
const proof = h("div", { class: "stack" });
const scores = h("div", { class: "stack" });
const surface = figureCard("Iso-loss surface", { tall: true, id: "surface" });
const small = [
  ["lr-slice", "Loss over learning rate"], ["lr-law", "LR* over N"], ["batch-law", "Batch* over D"],
  ["law-disagreement", "What each law would cost"], ["regret-by-cell", "Regret of left-out cells"],
].map(([kind, title]) => ({ kind, ...figureCard(title, { id: kind }) }));

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(main, notices);
  try {
    record = await newestFit(state.project) ?? await fitNow(state.project, notices);
    await ask();
  } catch (error) {
    refuse(error);
  }
  markReady();
}

/** Asks for the answer of the present target, then draws the figures beneath it. */
async function ask() {
  if (!state.parameters || !state.tokens) Object.assign(state, defaultTarget(record.fit, state));
  const target = { parameters: state.parameters, tokens: state.tokens };
  const answer = await get("recommendations", {
    project: state.project, law: lawID, ...target, sequenceLength: state.sequenceLength || "", fit: record.id,
  });
  fill(notices, cautions(answer));
  fill(answerPlace, answerStrip(answerItems(answer), [
    ...takeAway(answer, state),
    h("a", { class: "button primary", href: pageURL("recommend/", { project: state.project, ...target, sequenceLength: state.sequenceLength || "" }) }, "Fix a batch"),
  ]), provenanceStrip(answer, fitAge(record, refit)));
  fill(side, form(answer), rivals(answer));
  fill(proof, evidence(record.fit));
  fill(scores, choices(record.fit));
  if (!main.contains(surface.card)) {
    fill(main, notices, answerPlace, h("div", { class: "with-side" }, surface.card, side),
      h("div", { class: "columns-3" }, small.map((item) => item.card), scores), proof);
  }
  draw(target);
}

function draw(target) {
  surface.heading.textContent = `Iso-loss surface, N = ${si(target.parameters)}, D = ${si(target.tokens)}`;
  for (const item of [{ kind: "lr-batch-surface", ...surface }, ...small]) {
    const query = { project: state.project, ...target, fit: record.id };
    item.setSource({ kind: item.kind, query });
    item.figure.load(item.kind, query).then(() => {
      setCaption(item.caption, item.figure.spec.layout.meta.answer);
      if (item.kind === "lr-batch-surface") applyView();
    }, () => setCaption(item.caption, ""));
  }
}

/** What the page changes of the surface without asking again: tolerance and laws shown. */
function applyView() {
  surface.figure.restyle("plateau", { "contours.value": state.tolerance });
  for (const trace of surface.figure.spec?.data ?? []) {
    const role = trace.meta?.role ?? "";
    if (role.startsWith("law:")) surface.figure.restyle(role, { visible: !state.hide.includes(role.slice(4)) });
  }
}

function form() {
  const shown = h("span", { class: "slider-value" }, `+${percent(state.tolerance)}`);
  const slider = h("input", {
    type: "range", min: "-2", max: "0.31", step: "0.01", id: "tolerance", "aria-label": "Tolerance of the safe zone",
    on: {
      input: () => {
        state.tolerance = Number((10 ** Number(slider.value)).toPrecision(2));
        shown.textContent = `+${percent(state.tolerance)}`;
        writeState(state, defaults);
        applyView();
      },
    },
  });
  slider.value = String(Math.log10(state.tolerance));
  const row = h("label", { class: "field" }, h("span", {}, "Safe zone ", shown), slider);
  return h("section", { class: "card pad" }, h("h3", {}, "Ask for another size"),
    lawForm(["parameters", "tokens", "sequenceLength"], state, (values) => {
      Object.assign(state, { ...values, sequenceLength: values.sequenceLength || 0 });
      writeState(state, defaults, { push: true });
      again();
    }, { extra: [row] }));
}

function rivals(answer) {
  return h("section", { class: "card" },
    h("header", {}, h("h3", {}, "Who says what"), h("small", {}, "published laws on your surface")),
    rivalTable(answer, {
      hidden: new Set(state.hide),
      onToggle: (id, on) => {
        state.hide = on ? state.hide.filter((other) => other !== id) : [...state.hide, id];
        writeState(state, defaults);
        applyView();
      },
    }));
}

async function again() {
  try {
    await ask();
  } catch (error) {
    fill(notices, errorBanner(error, again));
  }
}

async function refit() {
  try {
    record = await fitNow(state.project, notices);
    await ask();
  } catch (error) {
    fill(notices, errorBanner(error, refit));
  }
}

function refuse(error) {
  fill(main, notices);
  fill(notices, errorBanner(error, start), error.code === "cannotFit"
    ? empty("What a fit needs", "Runs that differ in learning rate and batch at several (N, D): finished, with their final loss.", firstRun(state.project))
    : null);
}

onNavigate(() => { state = readState(defaults); again(); });
start();
