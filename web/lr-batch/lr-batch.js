// Learning rate × batch: which for this N and D, and how forgiving is it?

import "../components/nav.js";
import { answerStrip } from "../components/answer.js";
import { errorBanner } from "../components/banner.js";
import { cautions } from "../components/cautions.js";
import { needs } from "../components/empty.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { fitNow, lawID, newestFit } from "../components/fit-state.js";
import { fitStrip } from "../components/fit-strip.js";
import { answerItems, defaultTarget, takeAway } from "../components/law-answer.js";
import { computeWorth, fitLossLaw, lossLaw, predictedBy } from "../components/loss-law.js";
import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { si } from "../lib/format.js";
import { bindKeys } from "../lib/keys.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";

const defaults = { project: "", parameters: 0, tokens: 0, sequenceLength: 0, tolerance: 0.1, hide: [], axis: "loss", cloud: true, slice: 0 };
const kinds = [
  ["lr-slice", "Loss over learning rate"], ["lr-law", "LR* over N"], ["batch-law", "Batch* over D"],
  ["next-best-run", "Which run would narrow the optimum most"],
  ["law-disagreement", "What each law would cost"], ["regret-by-cell", "Regret of left-out cells"],
];
const main = byID("main");
const title = h("h1", { class: "visually-hidden" }, "Learning rate and batch");
let state = readState(defaults);
let record = null;
let answer = null;
let law = null;
let expected = null;
/** What is beneath the answer: nothing of it is drawn before that has come. */
let beneath = null;
/** Figures as the server sent them, by kind: what is drawn is a view of them. */
const sent = new Map();

const notices = h("div", { class: "stack" });
const answerPlace = h("div", { class: "stack", id: "answer" });
const side = h("div", {});
const proof = h("div", { class: "stack" });
const scores = h("div", { class: "stack" });
const switches = h("span", { class: "bar" });
const words = h("p", { class: "pad zone-words", id: "zone", "aria-live": "polite" });
const surface = figureCard("Iso-loss surface", { tall: true, id: "surface", extra: [switches] });
surface.card.append(words);
let small = [];
let next = null;

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(main, title, notices);
  try {
    record = await newestFit(state.project) ?? await fitNow(state.project, notices);
    law = await lossLaw(state.project);
    await ask();
  } catch (error) {
    refuse(error);
  }
  markReady();
}

const target = () => ({ parameters: state.parameters, tokens: state.tokens });
const worth = () => (law && state.axis === "compute" ? computeWorth(law, target()) : null);

/** Asks for the answer of the present target, then draws the figures beneath it. */
async function ask() {
  if (!state.parameters || !state.tokens) Object.assign(state, defaultTarget(record.fit, state));
  answer = await get("recommendations", {
    project: state.project, law: lawID, ...target(), sequenceLength: state.sequenceLength || "", fit: record.id,
  });
  // Beyond the sizes trained the surface has no level; the project's law of the loss may have one.
  expected = answer.predictedLoss ?? (law ? await predictedBy(law, state.project, target(), answer.extrapolation) : null);
  sent.clear();
  fill(notices, cautions(answer));
  if (!main.contains(answerPlace)) main.append(answerPlace);
  showAnswer();
  await showBeneath().catch((error) => fill(notices, errorBanner(error, again)));
}

async function showBeneath() {
  beneath ??= await import("./beneath.js");
  const form = beneath.questionCard(state, (values) => {
    Object.assign(state, { ...values, sequenceLength: values.sequenceLength || 0, slice: 0 });
    writeState(state, defaults, { push: true });
    again();
  }, (tolerance) => {
    set({ tolerance });
    surface.figure.restyle("plateau", { "contours.value": tolerance });
    showAnswer();
    view("lr-slice");
  });
  next = beneath.nextCard(state.project, target());
  fill(side, form, h("div", { id: "rivals-place" }), next.card);
  showRivals();
  fill(proof, beneath.evidence(record.fit));
  fill(scores, beneath.choices(record.fit));
  if (!main.contains(surface.card)) {
    const listed = new Set((await beneath.figureKinds()).map(({ kind }) => kind));
    small = kinds.filter(([kind]) => listed.has(kind)).map(([kind, title]) => ({ kind, ...figureCard(title, { id: kind }) }));
    fill(main, title, notices, answerPlace, h("div", { class: "with-side" }, surface.card, side),
      h("div", { class: "columns-3" }, small.map((item) => item.card)), h("div", { class: "halves" }, scores, proof));
  }
  showSwitches();
  for (const item of figures()) draw(item);
}

const figures = () => [{ kind: "lr-batch-surface", ...surface }, ...small];

/** The zone of the answer is the one that the slider says, once the surface is there to read it from. */
function showAnswer() {
  const grid = sent.get("lr-batch-surface")?.data.find((trace) => trace.meta?.role === "surface");
  const zone = grid ? beneath.safeZone(grid, state.tolerance) : null;
  if (grid) fill(words, beneath.zoneInWords(zone, state.tolerance));
  fill(answerPlace, answerStrip(answerItems({ ...answer, predictedLoss: expected }, record, zone ? { percent: state.tolerance, ...zone } : undefined), [
    ...takeAway(answer, state),
    h("a", { class: "button primary", href: pageURL("recommend/", { project: state.project, ...target(), sequenceLength: state.sequenceLength || "" }) }, "Use in a run"),
  ]), fitStrip(record, { project: state.project, onRefit: refit, equation: answer.provenance.equation }));
}

function showRivals() {
  const traces = sent.get("lr-batch-surface")?.data ?? [];
  const drawn = new Set(traces.map((trace) => trace.meta?.role ?? "").filter((role) => role.startsWith("law:")).map((role) => role.slice(4)));
  fill(byID("rivals-place") ?? side.children[1], beneath.rivalCard(answer, {
    drawn, hidden: new Set(state.hide), worth: worth(),
    onToggle: (id, on) => {
      set({ hide: on ? state.hide.filter((other) => other !== id) : [...state.hide, id] });
      view("lr-batch-surface");
    },
  }));
}

/** How the surface is read: in loss or, where the project has a law of the loss, in compute. */
function showSwitches() {
  const hasCloud = sent.get("lr-batch-surface")?.data.some((trace) => trace.meta?.role === "cloud");
  fill(switches,
    hasCloud ? beneath.toggle("where the best may lie", state.cloud, (cloud) => {
      set({ cloud });
      view("lr-batch-surface");
    }, "Draws of the best learning rate and batch, as wide and as tilted as the runs leave them") : null,
    law ? axisSwitch() : h("button", {
      type: "button", class: "quiet", id: "fit-loss-law", on: { click: priceInCompute },
      title: "Fits the project's law of the loss over model size and tokens: the colours can then say what a worse setting costs in compute",
    }, "say it in compute"));
}

function axisSwitch() {
  return beneath.segmented("Colours say", [
    ["loss", "loss"],
    ["compute", "% more compute", "how much more compute, at the same tokens a parameter, makes up for the worse setting, by this project's law of the loss"],
  ], state.axis, turn);
}

function turn(axis) {
  set({ axis });
  showRivals();
  for (const kind of ["lr-batch-surface", "lr-slice", "law-disagreement"]) view(kind);
}

async function priceInCompute() {
  try {
    law = await fitLossLaw(state.project, notices);
    showSwitches();
    turn("compute");
  } catch (error) {
    fill(notices, errorBanner(error, priceInCompute));
  }
}

function set(values) {
  Object.assign(state, values);
  writeState(state, defaults);
}

async function draw(item) {
  const query = { project: state.project, ...target(), fit: record.id, batchTokens: item.kind === "lr-slice" ? state.slice || "" : "" };
  item.setSource({ kind: item.kind, query });
  try {
    await item.figure.load(item.kind, query);
  } catch {
    setCaption(item.caption, "");
    return;
  }
  const { spec } = item.figure;
  sent.set(item.kind, spec);
  setCaption(item.caption, spec.layout.meta.answer);
  if (item.kind === "lr-batch-surface") {
    surface.heading.textContent = `Iso-loss surface, N = ${si(state.parameters)}, D = ${si(state.tokens)}`;
    showAnswer();
    showRivals();
    showSwitches();
  }
  if (item.kind === "next-best-run") next.show(spec);
  view(item.kind);
}

/** Draws a figure as the switches say; the figure itself is not asked for again. */
function view(kind) {
  const spec = sent.get(kind);
  const found = figures().find((item) => item.kind === kind);
  if (!spec || !found) return;
  if (kind === "lr-batch-surface") found.figure.spec = beneath.surfaceView(spec, { ...state, worth: worth() }, answer.rivals ?? []);
  else if (kind === "lr-slice") found.figure.spec = beneath.sliceView(spec, state.tolerance, worth());
  else if (kind === "law-disagreement") found.figure.spec = beneath.axisInCompute(spec, "x", worth());
}

/** A click on the surface, or a key, cuts it at another batch. */
surface.figure.addEventListener("il-click", ({ detail }) => cut(detail?.y));

function cut(batch) {
  const item = small.find(({ kind }) => kind === "lr-slice");
  if (!item || !(batch > 0)) return;
  set({ slice: Math.round(batch) });
  draw(item);
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
  fill(main, title, notices);
  fill(notices, errorBanner(error, start), error.code === "cannotFit"
    ? needs("What a fit needs", "Runs that differ in learning rate and batch at several (N, D): finished, with their final loss.", { project: state.project, law: lawID, question: state })
    : null);
}

bindKeys({
  c: ["Colours: loss or compute", () => beneath && (law ? (turn(state.axis === "loss" ? "compute" : "loss"), showSwitches()) : priceInCompute())],
  o: ["Where the best may lie: show or hide", () => { if (!beneath) return; set({ cloud: !state.cloud }); view("lr-batch-surface"); showSwitches(); }],
  "[": ["Slice at half the batch", () => cut((state.slice || answer?.batchTokens.value) / 2)],
  "]": ["Slice at twice the batch", () => cut((state.slice || answer?.batchTokens.value) * 2)],
});
onNavigate(() => { state = readState(defaults); again(); });
start();
