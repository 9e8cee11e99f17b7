// Compare: what differs between these runs, and does it matter?

import "../components/nav.js";
import { errorBanner, errorLine } from "../components/banner.js";
import { apiURL, get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady, patch } from "../lib/dom.js";
import { bindKeys } from "../lib/keys.js";
import { onTheme, seriesLook } from "../lib/theme.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { panelControls, panelKeys } from "../runs/controls.js";
import { readSeries } from "../runs/curves.js";
import { countsTokens } from "../runs/model.js";
import { enoughPoints } from "./paired.js";
import { compareStrip } from "./strip.js";

const defaults = { project: "", runs: [], base: "", metric: "", x: "", logx: false, logy: false, smooth: "0", from: "", to: "", all: false, clip: true, otherlog: [], others: false };
const buckets = 600;
const panelsAtMost = 6;
const mostRuns = 8;
const main = byID("main");
const nav = document.querySelector("il-nav");
let state = readState(defaults);
let runs = [];
let compared = null;
let lines = new Map();

const notices = h("div", { class: "stack" });
const heading = h("div", { class: "stack" });
const strip = h("div", { class: "stack", id: "answer" });
const tables = h("div", { class: "stack" });
const coordinates = h("div", { class: "stack" });
const controls = h("div", { class: "bar panel-bar" });
const choice = h("select", { class: "text-input", "aria-label": "Metric of the difference", on: { change: () => change({ metric: choice.value }, { fetch: true }) } });
const deltaPlace = h("div", { class: "stack" });
const panelPlace = h("div", {});
/** What is beneath the answer, see beneath.js, once that has come; `delta` and `panels` are made of it. */
let beneath = null;
const model = {
  get state() { return { ...drawn(), pin: base().id, open: "", metrics: metricNames(), q: state.runs.join() }; },
  metrics: [], get runs() { return runs; }, next: null, hasCurves: true, get shown() { return runs.map((run) => run.id); },
  run: (id) => runs.find((run) => run.id === id), look: (id) => seriesLook(runs.findIndex((run) => run.id === id)),
};

async function fetchBeneath() {
  const { figureCard, Panels, ...parts } = await import("./beneath.js");
  const delta = figureCard("Difference to the base", { id: "delta", extra: [choice] });
  const panels = new Panels(model, { hasScatter: false, onHover() {}, onOpen: openRun, onZoom: (range) => change(range, { fetch: true }), onScale: (values) => change(values, { fetch: false }) });
  fill(deltaPlace, delta.card);
  fill(panelPlace, panels.element);
  return { ...parts, delta, panels };
}

function openRun(id) {
  location.href = pageURL("run/", { project: state.project, id });
}

/** The axis is not an answer of the address until it is chosen there. */
const drawn = () => ({ ...state, x: state.x || (runs.every(countsTokens) ? "tokens" : "step") });
const base = () => runs.find((run) => run.id === state.base) ?? runs[0];

async function start() {
  if (state.runs.length < 1) {
    const { empty } = await import("../components/empty.js");
    fill(main, empty("No runs to compare", "Mark two to eight runs in the table, then press “Compare”, or the keys x and c. The address keeps them: /compare/?runs=ID,ID.",
      h("p", {}, h("a", { href: pageURL(state.project ? "runs/" : "", { project: state.project }) }, "Choose runs"))));
    markReady();
    return;
  }
  try {
    const ids = [...new Set(state.runs)].slice(0, mostRuns);
    [compared, ...runs] = await Promise.all([get("compare", { runs: ids.join(","), common: "true" }), ...ids.map((id) => get(`runs/${id}`))]);
    await knowProject();
    fill(main, heading, notices, strip, deltaPlace, tables, coordinates, controls, panelPlace);
    draw();
    beneath ??= await fetchBeneath();
    drawTables();
    await Promise.allSettled([drawDelta(), beneath.panels.show(), drawCoordinates()]);
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

async function knowProject() {
  if (state.project) return;
  state.project = await get(`projects/${runs[0].project}`).then((project) => project.name, () => runs[0].project);
  writeState(state, defaults, { byItself: true });
  nav.useProject(state.project);
}

/** The metric of the paired figure: the address's, else the loss that most of the runs have. */
function metric() {
  const shared = commonMetrics();
  return shared.includes(state.metric) ? state.metric : shared[0] ?? null;
}

/** Losses first, held-out ones before others, then by how many runs have them. */
function commonMetrics() {
  const count = (item) => item.values.filter(Boolean).length;
  const rank = ({ name }) => (/loss|nll|perplexity/i.test(name) ? 2 : 0) + (/val|eval|test/i.test(name) ? 1 : 0);
  const points = (item) => Math.min(enoughPoints, ...item.values.filter(Boolean).map((value) => value.count));
  return compared.metrics.filter((item) => count(item) > 1 || runs.length === 1)
    .toSorted((a, b) => points(b) - points(a) || rank(b) - rank(a) || count(b) - count(a) || a.name.localeCompare(b.name)).map((item) => item.name);
}

const metricNames = () => commonMetrics().filter((name) => !name.startsWith("system/")).slice(0, panelsAtMost);

function draw() {
  fill(heading, h("div", { class: "bar" }, h("h1", {}, `${runs.length} runs compared`), h("span", { class: "dim" }, `base: ${base().name}`)),
    h("ul", { class: "chips", "aria-label": "Runs compared" }, runs.map(chip)));
  drawTables();
  patch(controls, panelControls(drawn(), change));
  fill(strip, compareStrip({ runs, base: base(), compared, metric: metric(), lines, axis: drawn().x }));
}

function drawTables() {
  if (!beneath) return;
  fill(tables, beneath.differencesCard(compared, { runs, base: base(), all: state.all, onAll: (all) => change({ all }, { fetch: false }) }),
    beneath.metricsCard(compared, runs, base()));
}

async function drawCoordinates() {
  const onOthers = (others) => { change({ others }, { fetch: false }); drawCoordinates(); };
  fill(coordinates, await beneath.coordinatesCard({ project: state.project, runs, compared, others: state.others, onOthers, onOpen: openRun }));
}

function chip(run, index) {
  const isBase = run.id === base().id;
  return h("li", { class: isBase ? "chip on" : "chip" },
    h("span", { class: "swatch-dot", css: { background: seriesLook(index).color }, "aria-hidden": "true" }),
    h("a", { href: pageURL("run/", { project: state.project, id: run.id }) }, run.name || run.id.slice(0, 8)),
    isBase ? h("span", {}, "base") : h("button", { type: "button", class: "quiet", "aria-label": `Take ${run.name} as base`, on: { click: () => change({ base: run.id }, { fetch: true }) } }, "as base"),
    runs.length > 2 ? h("button", { type: "button", class: "quiet", "aria-label": `Leave ${run.name} out`, on: { click: () => leaveOut(run.id) } }, "✕") : null);
}

function leaveOut(id) {
  state.runs = state.runs.filter((other) => other !== id);
  if (state.base === id) state.base = "";
  writeState(state, defaults, { push: true });
  start();
}

function change(values, { fetch }) {
  Object.assign(state, values);
  writeState(state, defaults);
  draw();
  if (!beneath) return;
  if (fetch) beneath.panels.show();
  else beneath.panels.redraw();
  drawDelta(fetch);
}

async function drawDelta(fetch = true) {
  const { delta } = beneath;
  const name = metric();
  if (!name || runs.length < 2) {
    delta.card.hidden = true;
    return;
  }
  const query = { runs: runs.map((run) => run.id).join(","), metrics: name };
  delta.card.hidden = false;
  patch(choice, commonMetrics().map((option) => h("option", { value: option }, option)));
  choice.value = name;
  delta.heading.textContent = `${name}: difference to ${base().name}`;
  delta.setSource({ csv: apiURL("series/export", { ...query, format: "csv" }) });
  try {
    if (fetch) {
      const answer = await get("series", { ...query, x: drawn().x, buckets });
      lines = new Map(answer.series.map((series) => [series.run, readSeries(series, drawn().x)]));
    }
    const made = beneath.deltaSpec({ runs, base: base(), lines, metric: name, state: drawn() });
    delta.caption.textContent = made.caption;
    if (made.spec) delta.figure.spec = made.spec;
    delta.figure.hidden = !made.spec;
    fill(strip, compareStrip({ runs, base: base(), compared, metric: name, lines, axis: drawn().x }));
  } catch (error) {
    fill(delta.caption, errorLine(error, () => drawDelta(true)));
  }
}

bindKeys({
  ...panelKeys(drawn, change),
  a: ["all keys, or only those that differ", () => change({ all: !state.all }, { fetch: false })],
  b: ["next run as base", () => change({ base: runs[(runs.indexOf(base()) + 1) % runs.length].id }, { fetch: true })],
});
onNavigate(() => {
  const before = state.runs.join();
  state = readState(defaults);
  if (!compared || state.runs.join() !== before) return start();
  change({}, { fetch: true });
  if (beneath) drawCoordinates();
});
onTheme(() => { if (beneath && runs.length) { draw(); beneath.panels.redraw(); drawDelta(false); } });
start();
