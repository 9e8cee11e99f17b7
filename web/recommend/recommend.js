// Recommend: I have this model and this data: what do I set?

import "../components/nav.js";
import { proven } from "../components/answer.js";
import { errorBanner, note } from "../components/banner.js";
import { cautions } from "../components/cautions.js";
import { fitNow, lawID, newestFit } from "../components/fit-state.js";
import { fitStrip, proofOf } from "../components/fit-strip.js";
import { around, defaultTarget, distance, interval, methodOf, rivalTable, takeAway } from "../components/law-answer.js";
import { lawForm } from "../components/law-form.js";
import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { count, loss, none, percent, rate, si } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { knobStrip } from "./strip.js";

const asked = ["parameters", "tokens", "flops", "sequenceLength", "batchTokens"];
const defaults = { project: "", ...Object.fromEntries([...asked, "budgetFLOPs", "count"].map((name) => [name, ""])) };
const main = byID("main");
const title = h("h1", { class: "visually-hidden" }, "Recommend");
let state = readState(defaults);
let record = null;
let request = 0;
let law = null;

const notices = h("div", { class: "stack" });
const formPlace = h("div", { class: "stack" });
const under = h("div", { class: "stack" });
const results = h("div", { class: "stack", id: "results", "aria-live": "polite" });
/** What stands beneath the answer and is fetched after it: {disagreement, setCaption, nextRuns}. */
let beneath = null;

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(main, title, notices, h("div", { class: "recommend" }, formPlace, results));
  drawForm();
  try {
    record = await newestFit(state.project) ?? await fitNow(state.project, notices);
    await answer();
  } catch (error) {
    const { needs } = await import("../components/empty.js");
    fill(results, errorBanner(error, start), error.code === "cannotFit"
      ? needs("What a recommendation needs", "Finished runs that differ in learning rate and batch, at several model sizes and token budgets.", { project: state.project, law: lawID, question: state })
      : null);
  }
  markReady();
}

/** What the address asks, else the largest size that was trained: the page opens with an answer. */
function question() {
  const own = Object.fromEntries(asked.map((name) => [name, state[name]]));
  return isAsked() || !record ? own : { ...own, ...defaultTarget(record.fit, own) };
}

function isAsked() {
  return ["parameters", "tokens", "flops"].filter((name) => state[name]).length >= 2;
}

function drawForm() {
  fill(formPlace, h("section", { class: "card pad" }, h("h2", {}, "Your next run"),
    lawForm(asked, state, (values) => {
      Object.assign(state, values);
      writeState(state, defaults, { push: true });
      answer();
    }, { button: "Recommend" })),
  h("p", { class: "legend" }, "Numbers may carry k, M, B or T. A fixed batch asks another question: the best rate ",
    h("em", {}, "for that batch"), ", not the best rate overall."));
}

function invitation() {
  const { parameters, tokens } = question();
  const isAnother = (cell) => cell.parameterCount !== parameters || cell.tokenCount !== tokens;
  const cells = (record.fit.cells ?? []).filter(isAnother).slice(-2);
  return h("div", { class: "bar", id: "invitation" },
    h("span", {}, `For the largest size trained, N ${si(parameters)}, D ${si(tokens)}. Say yours in the form`, cells.length ? ", or take:" : "."),
    cells.map((cell) => h("button", { type: "button", class: "chip", on: { click: () => choose(cell) } }, `N ${si(cell.parameterCount)}, D ${si(cell.tokenCount)}`)));
}

function choose(cell) {
  Object.assign(state, { parameters: cell.parameterCount, tokens: cell.tokenCount });
  writeState(state, defaults, { push: true });
  drawForm();
  answer();
}

async function answer() {
  const ticket = (request += 1);
  let found;
  try {
    found = await get("recommendations", { project: state.project, law: lawID, ...question(), fit: record?.id });
  } catch (error) {
    if (ticket === request) fill(results, errorBanner(error, answer));
    return;
  }
  const { parameters, tokens } = question();
  if (!found.predictedLoss && parameters && tokens) {
    const { lossLaw, predictedBy } = await import("../components/loss-law.js");
    law ??= await lossLaw(state.project).catch(() => null);
    if (law) found = { ...found, predictedLoss: await predictedBy(law, state.project, { parameters, tokens }, found.extrapolation) };
  }
  if (ticket !== request) return;
  show(found);
  beneath ??= await fetchBeneath();
  if (ticket === request) showBeneath(found);
}

async function fetchBeneath() {
  const [{ figureCard, setCaption }, { NextRuns }] = await Promise.all([import("../components/figure-card.js"), import("./next-runs.js")]);
  const nextRuns = new NextRuns({
    question, fit: () => record?.id,
    change: (values) => {
      Object.assign(state, values);
      writeState(state, defaults, { push: true });
    },
  });
  return { disagreement: figureCard("What each law would cost", { id: "law-disagreement" }), setCaption, nextRuns };
}

function show(found) {
  const values = { ...state, ...question() };
  fill(notices, cautions(found));
  fill(results, isAsked() ? null : invitation(),
    found.mode === "given-batch" ? note(`The batch is fixed at ${si(found.batchTokens.value)} tokens: this is the best learning rate for that batch.`) : null,
    h("div", { class: "knobs" }, rateKnob(found), batchKnob(found), lossKnob(found), confidenceKnob(found)),
    h("div", { class: "bar" }, takeAway(found, values),
      h("a", { class: "button", href: pageURL("lr-batch/", { project: state.project, parameters: values.parameters, tokens: values.tokens, sequenceLength: values.sequenceLength }) }, "See the surface")),
    under);
}

function showBeneath(found) {
  const values = { ...state, ...question() };
  const { disagreement, setCaption, nextRuns } = beneath;
  fill(under, h("div", { class: "halves" },
    h("section", { class: "card" }, h("header", {}, h("h3", {}, "Who says what"), h("small", {}, "+loss: expected cost on this project's surface")),
      h("div", { class: "side-scroll", tabindex: "0", role: "region", "aria-label": "Who says what" }, rivalTable(found))),
    disagreement.card),
  nextRuns.element,
  record ? fitStrip(record, { project: state.project, onRefit: refit, equation: found.provenance.equation }) : null);
  nextRuns.show(values);
  const query = { project: state.project, fit: record?.id, parameters: values.parameters, tokens: values.tokens, flops: values.flops };
  disagreement.setSource({ kind: "law-disagreement", query });
  disagreement.figure.load("law-disagreement", query).then(
    () => setCaption(disagreement.caption, disagreement.figure.spec.layout.meta.answer), () => {});
}

/** `range` of the value, if it has one, goes with what else stands behind it. */
function knob(id, key, value, lines, { strip = null, range = null, found = null } = {}) {
  const inside = found?.extrapolation.inside;
  const badge = found ? h("span", { class: `badge ${inside ? "ok" : "warn"}`, title: found.extrapolation.note ?? "" }, inside ? "inside data" : "outside data") : null;
  const proof = range && record ? proofOf(record, { title: methodOf(record) }, range) : null;
  return h("section", { class: "card knob", id }, h("div", { class: "key" }, key, " ", badge), proven({ key, value, proof }, { class: "value" }),
    lines.filter(Boolean).map((line) => h("div", { class: "range" }, line)), strip);
}

function rateKnob(found) {
  const best = found.peakLearningRate;
  const safe = found.plateau?.peakLearningRate;
  return knob("knob-rate", "Peak learning rate", rate(best.value), [
    interval(best, rate),
    safe ? `safe zone ${rate(safe.low)} – ${rate(safe.high)} (${around(safe, best.value)}), loss within +${percent(found.plateau.tolerance * 100)}` : null,
  ], { strip: knobStrip(best, safe, rate), range: interval(best, rate), found });
}

function batchKnob(found) {
  const best = found.batchTokens;
  const safe = found.mode === "given-batch" ? null : found.plateau?.batchTokens;
  const sequences = found.batchSequences ? `${count(Math.round(found.batchSequences.value))} sequences of ${count(state.sequenceLength)} tokens` : null;
  return knob("knob-batch", "Batch", `${si(best.value)} tokens`, [
    sequences,
    found.mode === "given-batch" ? "as given" : interval(best, si),
    safe ? `safe zone ${si(safe.low)} – ${si(safe.high)} (${around(safe, best.value)})` : null,
  ], found.mode === "given-batch" ? {} : { strip: knobStrip(best, safe, si), range: interval(best, si), found });
}

function lossKnob(found) {
  return knob("knob-loss", "Expected loss", found.predictedLoss ? loss(found.predictedLoss.value) : none, [
    found.predictedLoss ? `${interval(found.predictedLoss, loss)} nats per token` : found.predictedLossReason,
    found.predictedLoss?.title ? "by the project's law of the loss over size and tokens" : null,
  ], found.predictedLoss ? { range: found.predictedLoss.title ? null : interval(found.predictedLoss, loss), found } : {});
}

function confidenceKnob(found) {
  const { extrapolation } = found;
  const badge = h("span", { class: extrapolation.inside ? "ok" : "warn" }, extrapolation.inside ? "inside data" : "outside data");
  return knob("knob-confidence", "Confidence", badge, [
    distance(extrapolation),
    extrapolation.nearestRun ? `nearest: N ${si(extrapolation.nearestRun.parameterCount)}, D ${si(extrapolation.nearestRun.tokenCount)}, LR ${rate(extrapolation.nearestRun.peakLearningRate)}, loss ${loss(extrapolation.nearestRun.lossNats)}` : null,
  ]);
}

async function refit() {
  try {
    record = await fitNow(state.project, notices);
    await answer();
  } catch (error) {
    fill(notices, errorBanner(error, refit));
  }
}

onNavigate(() => {
  state = readState(defaults);
  drawForm();
  if (record || isAsked()) answer();
});
start();
