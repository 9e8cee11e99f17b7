// Mixtures: which shares of which data, and can the law that says so be trusted?

import "../components/nav.js";
import { errorBanner, note } from "../components/banner.js";
import { snippet } from "../components/copy.js";
import { empty } from "../components/empty.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { fitNow } from "../components/fit-state.js";
import { fitStrip } from "../components/fit-strip.js";
import { figureKinds } from "../components/law-card.js";
import { get, pageURL, send } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { mixtureAnswer } from "./answer.js";
import { certaintyCard } from "./certainty.js";
import { constraintDefaults, constraintForm, constraints, scaleOf } from "./constraints.js";
import { explorers } from "./explore.js";
import { mixtureLab } from "./lab.js";
import { onlineCard } from "./online.js";
import { planCard } from "./plans.js";
import { alternativesTable, bindingTable, scoreTable, tokenTable, weightTable } from "./tables.js";

const defaults = { project: "", target: "", against: "", first: "", second: "", third: "", mix: "", ...constraintDefaults };
const main = byID("main");
let state = readState(defaults);
let swarm = null;
let record = null;
let found = null;
let exploring = null;
let lab = null;
let certainty = null;
let ticket = 0;

const notices = h("div", { class: "stack" });
const answerPlace = h("div", { class: "stack", id: "answer", "aria-live": "polite" });
const tables = h("div", { class: "columns-2" });
const scores = h("div", { class: "stack" });
const figures = new Map([
  ["mixture-predicted", "Predicted and measured"], ["mixture-sensitivity", "Loss over the share of each domain"],
  ["mixture-slice", "Loss over two domains"],
].map(([kind, title]) => [kind, figureCard(title, { id: kind })]));

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  try {
    swarm = await get("mixtures", { project: state.project });
    if (swarm.runs) await show();
    else fill(main, needs(), onlineCard(state.project));
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

function needs() {
  return empty("No run of this project has a mixture", "A run says what it was trained on by params, one for each domain, that sum to 1: mixture/web, mixture/code, … and logs the losses that matter.",
    h("p", {}, "Tables of mixtures and results are joined by a column:"),
    snippet(`isoloss import mixtures MIXTURES.csv METRICS.csv --project ${state.project} --join index`),
    h("p", {}, "Which mixtures to train first, with files to launch:"),
    snippet("isoloss mixture design --domains web,code,books --count 24 --minimum 0.01 --format yaml"));
}

async function show() {
  state.target ||= preferred();
  const { runs, domains, warnings, leftOut } = swarm;
  exploring = explorers({ state, swarm, fitOf, change, wanted, kinds: new Set((await figureKinds()).map(({ kind }) => kind)) });
  certainty = certaintyCard(swarm);
  lab = mixtureLab({ state, swarm, wanted, record: () => record, keep });
  fill(main, h("div", { class: "bar" }, h("h1", {}, "Mixtures"), h("label", { class: "pick" }, h("span", { class: "dim" }, "Make small"), targetPicker()),
    h("span", { class: "dim" }, `${plural(runs, "run")} over ${plural(domains.length, "domain")}`)),
  notices, answerPlace,
  h("div", { class: "with-side" }, h("div", { class: "columns-2", id: "explore" }, proofs(), exploring.notices),
    h("div", { class: "stack" }, constraintForm(state, swarm, change), lab.card, scores)),
  tables,
  planCard({ state, swarm, wanted }), onlineCard(state.project),
  warnings.length || leftOut.length ? h("details", { class: "card pad" }, h("summary", {}, `What to know of these runs (${warnings.length + leftOut.length})`),
    h("ul", {}, warnings.map((item) => h("li", {}, item.message)), leftOut.map((item) => h("li", { class: "dim" }, `${item.run}: ${item.reason}`)))) : null);
  await fitted();
}

/** What proves the law first, then what it says. */
function proofs() {
  const [predicted, ...rest] = [...figures.values()].map((item) => item.card);
  const [second, ...others] = exploring.cards;
  return [predicted, second, certainty.card, ...rest, ...others];
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
    if (own !== ticket) return;
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
  for (const [kind, item] of figures) {
    const query = { project: state.project, fit: record.id };
    item.setSource({ kind, query });
    item.figure.load(kind, query).then(() => setCaption(item.caption, item.figure.spec.layout.meta.answer), () => setCaption(item.caption, ""));
  }
  fill(scores, scoreTable(record.fit));
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
  fill(tables, h("div", { class: "stack" }, weightTable(found, swarm, limits), tokenTable(found)),
    h("div", { class: "stack" }, bindingTable(found), alternativesTable(found)));
  lab.show(found);
  certainty.show(found);
  explore();
}

/** The figures of several targets go through the recommended mixture. */
function explore() {
  exploring.draw(Object.fromEntries(Object.entries(found.weights).map(([name, item]) => [name, item.value])));
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
  else if (found) explore();
}

onNavigate(() => { state = readState(defaults); if (swarm?.runs) show(); });
start();
