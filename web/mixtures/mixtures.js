// Mixtures: which shares of which data, and can the law that says so be trusted?

import "../components/nav.js";
import { errorBanner, note } from "../components/banner.js";
import { fitNow } from "../components/fit-state.js";
import { fitStrip } from "../components/fit-strip.js";
import { get, pageURL, send } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { mixtureAnswer } from "./answer.js";
import { constraintDefaults, constraintForm, constraints, scaleOf } from "./constraints.js";

const defaults = { project: "", target: "", against: "", first: "", second: "", third: "", mix: "", ...constraintDefaults };
const main = byID("main");
let state = readState(defaults);
let swarm = null;
let record = null;
let found = null;
/** What is beneath the answer, and the cards made of it for this target. */
let beneath = null;
let cards = null;
let ticket = 0;
let shows = 0;

const notices = h("div", { class: "stack" });
const answerPlace = h("div", { class: "stack", id: "answer", "aria-live": "polite" });
const tables = h("div", { class: "columns-2" });
const scores = h("div", { class: "stack" });
const under = h("div", { class: "stack" });
const kinds = [
  ["mixture-predicted", "Predicted and measured"], ["mixture-sensitivity", "Loss over the share of each domain"],
  ["mixture-slice", "Loss over two domains"],
];

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  try {
    swarm = await get("mixtures", { project: state.project });
    if (swarm.runs) await show();
    else await showNeeds();
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

async function showNeeds() {
  const [{ needs }, { onlineCard }] = await Promise.all([import("./needs.js"), import("./online.js")]);
  fill(main, needs(state.project), onlineCard(state.project));
}

/** The answer first, then all that is beneath it, whether or not there was one. */
async function show() {
  state.target ||= preferred();
  const { runs, domains } = swarm;
  const own = (shows += 1);
  record = found = cards = null;
  fill(under);
  fill(main, h("div", { class: "bar" }, h("h1", {}, "Mixtures"), h("label", { class: "pick" }, h("span", { class: "dim" }, "Make small"), targetPicker()),
    h("span", { class: "dim" }, `${plural(runs, "run")} over ${plural(domains.length, "domain")}`)),
  notices, answerPlace, under);
  await fitted();
  await showBeneath(own).catch((error) => fill(under, errorBanner(error, show)));
}

async function showBeneath(own) {
  beneath ??= await import("./beneath.js");
  const drawn = new Set((await beneath.figureKinds()).map(({ kind }) => kind));
  if (own !== shows) return;
  lay(drawn);
  if (record) draw();
  if (found) drawFound();
}

function lay(drawn) {
  const { warnings, leftOut } = swarm;
  cards = {
    figures: new Map(kinds.map(([kind, title]) => [kind, beneath.figureCard(title, { id: kind })])),
    exploring: beneath.explorers({ state, swarm, fitOf, change, wanted, kinds: drawn }),
    certainty: beneath.certaintyCard(swarm),
    lab: beneath.mixtureLab({ state, swarm, wanted, record: () => record, keep }),
  };
  fill(under,
    h("div", { class: "with-side" }, h("div", { class: "columns-2", id: "explore" }, proofs(), cards.exploring.notices),
      h("div", { class: "stack" }, constraintForm(state, swarm, change), cards.lab.card, scores)),
    tables,
    beneath.planCard({ state, swarm, wanted }), beneath.onlineCard(state.project),
    warnings.length || leftOut.length ? h("details", { class: "card pad" }, h("summary", {}, `What to know of these runs (${warnings.length + leftOut.length})`),
      h("ul", {}, warnings.map((item) => h("li", {}, item.message)), leftOut.map((item) => h("li", { class: "dim" }, `${item.run}: ${item.reason}`)))) : null);
}

/** What proves the law first, then what it says. */
function proofs() {
  const [predicted, ...rest] = [...cards.figures.values()].map((item) => item.card);
  const [second, ...others] = cards.exploring.cards;
  return [predicted, second, cards.certainty.card, ...rest, ...others];
}

/** The constraints as the server takes them; the best run is known once there is a fit. */
function wanted() {
  const { runs = [], domains = [] } = record?.fit ?? {};
  const best = runs.toSorted((a, b) => a.loss - b.loss)[0];
  return constraints(state, swarm, best && Object.fromEntries(domains.map((name, index) => [name, best.proportions[index]])));
}

/** A held-out loss of the whole before that of one domain, whichever most runs have. */
function preferred() {
  const most = Math.max(...swarm.targets.map((target) => target.runs));
  const names = swarm.targets.filter((target) => target.runs === most).map((target) => target.name);
  return names.find((name) => /^(val|eval)[_/]?loss$/i.test(name)) ?? names.find((name) => /val.*loss/i.test(name))
    ?? names.find((name) => /loss/i.test(name)) ?? names[0] ?? "";
}

function targetPicker() {
  const names = swarm.targets.map((target) => target.name);
  if (!names.includes(state.target)) names.unshift(state.target);
  return h("select", { "aria-label": "Target", value: state.target, on: { change: (event) => change({ target: event.target.value }) } },
    names.map((name) => h("option", { value: name, selected: name === state.target }, name)));
}

async function fitted() {
  const own = (ticket += 1);
  try {
    const fit = await fitOf(state.target);
    if (own !== ticket) return;
    record = fit;
    draw();
    await best(own);
  } catch (error) {
    if (own === ticket) fill(notices, errorBanner(error, fitted));
  }
}

/** The newest fit of a target, made first if there is none. */
async function fitOf(name) {
  const known = swarm.targets.find((target) => target.name === name)?.fit;
  return known ? get(`fits/${known}`) : fitTarget(name);
}

async function fitTarget(name) {
  const fit = await fitNow(state.project, notices, "auto", { target: name });
  const target = swarm.targets.find((item) => item.name === name);
  if (target) target.fit = fit.id;
  return fit;
}

function draw() {
  if (!cards) return;
  const { setCaption } = beneath;
  for (const [kind, item] of cards.figures) {
    const query = { project: state.project, fit: record.id };
    item.setSource({ kind, query });
    item.figure.load(kind, query).then(() => setCaption(item.caption, item.figure.spec.layout.meta.answer), () => setCaption(item.caption, ""));
  }
  fill(scores, beneath.scoreTable(record.fit));
}

async function best(own) {
  fill(answerPlace, note("Searching the best mixture…"));
  const limits = wanted();
  try {
    // Targets that must not get worse need fits of their own, and count nothing in what is made small.
    const kept = (limits.ceilings ?? []).map((ceiling) => ceiling.target);
    for (const name of kept) await fitOf(name);
    const asked = kept.length ? { targets: { ...Object.fromEntries(kept.map((name) => [name, 0])), [state.target]: 1 } } : { target: state.target };
    const answer = await send("POST", "mixtures/optima", {
      project: state.project, ...asked, constraints: limits, ...scaleOf(state), caution: state.caution ? Number(state.caution) : undefined,
    });
    if (own === ticket) found = answer;
  } catch (error) {
    if (own === ticket) fill(answerPlace, errorBanner(error, () => best(own)));
    return;
  }
  if (own !== ticket) return;
  fill(answerPlace, mixtureAnswer(found, record, swarm, state.project),
    found.flags.length ? h("div", { class: "banner note", role: "status" }, h("ul", {}, found.flags.map((flag) => h("li", {}, flag.message)))) : null,
    fitStrip(record, { project: state.project, onRefit: refit }));
  drawFound();
}

/** What the answer changes beneath it. */
function drawFound() {
  if (!cards) return;
  fill(tables, h("div", { class: "stack" }, beneath.weightTable(found, swarm, wanted()), beneath.tokenTable(found)),
    h("div", { class: "stack" }, beneath.bindingTable(found), beneath.alternativesTable(found)));
  cards.lab.show(found);
  cards.certainty.show(found);
  explore();
}

/** The figures of several targets go through the recommended mixture. */
function explore() {
  cards.exploring.draw(Object.fromEntries(Object.entries(found.weights).map(([name, item]) => [name, item.value])));
}

async function refit() {
  try {
    record = await fitTarget(state.target);
    draw();
    await best((ticket += 1));
  } catch (error) {
    fill(notices, errorBanner(error, refit));
  }
}

/** What asks nothing anew. */
function keep(values) {
  Object.assign(state, values);
  writeState(state, defaults, { push: true });
}

/** `redraws`: only the figures of several targets depend on it. */
function change(values, { redraws = false } = {}) {
  const target = state.target;
  Object.assign(state, values);
  writeState(state, defaults, { push: true });
  if (state.target !== target) show();
  else if (!redraws) best((ticket += 1));
  else if (found && cards) explore();
}

onNavigate(() => { state = readState(defaults); if (swarm?.runs) show(); });
start();
