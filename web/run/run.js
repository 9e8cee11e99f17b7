// Run: is it healthy, where will it end, and what made it so?

import "../components/nav.js";
import { errorBanner } from "../components/banner.js";
import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady, patch } from "../lib/dom.js";
import { bindKeys } from "../lib/keys.js";
import { LiveStream } from "../lib/stream.js";
import { onTheme } from "../lib/theme.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { countsTokens, role } from "../runs/model.js";
import { answer, troubles } from "./strip.js";

const defaults = { project: "", id: "", x: "", logx: false, logy: false, smooth: "0", from: "", to: "", sections: [], clip: true, otherlog: [] };
const forecastPause = 15_000;
const main = byID("main");
const nav = document.querySelector("il-nav");
let state = readState(defaults);
let run = null;
let life = { attempts: [], paramChanges: [] };
let best = null;
let job = null;
let sections = null;
let stream = null;
let asked = 0;
let fan = null;
let parts = null;

const notices = h("div", { class: "stack" });
const strip = h("div", { class: "stack", id: "answer" });
const controls = h("div", { class: "bar panel-bar" });
const forecastPlace = h("div", { class: "stack" });
const heading = h("div", { class: "bar" });

async function start() {
  if (!state.id) {
    const { empty, firstRun } = await import("../components/empty.js");
    fill(main, empty("No run is named", "The address of a run is /run/?id=RUN. The table of runs leads there.",
      h("p", {}, h("a", { href: pageURL(state.project ? "runs/" : "", { project: state.project }) }, "All runs")), firstRun(state.project || null)));
    markReady();
    return;
  }
  try {
    // Its attempts and its project's name add to the page; without them it is still the run's page.
    const [found, lived] = await Promise.all([get(`runs/${state.id}`), get(`runs/${state.id}/life`).catch(() => null)]);
    run = found;
    life = lived ?? { attempts: [], paramChanges: [] };
    await knowProject();
    fill(main, heading, notices, strip);
    drawHead();
    await takeParts();
    lay();
    follow();
    await Promise.allSettled([compareWithBest(), forecast()]);
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

/** The address says the project by name, so that the head and the links of the page do too. */
async function knowProject() {
  const name = await get(`projects/${run.project}`).then((project) => project.name, () => state.project || run.project);
  state.project = name;
  writeState(state, defaults, { byItself: true });
  nav.useProject(name);
  document.title = `${run.name} · Isoloss`;
}

/** The answer does not wait for what is under it. */
async function takeParts() {
  if (parts) return;
  parts = await import("./parts.js");
  fan = parts.figureCard("Where it will end", { id: "forecast" });
  bindKeys(parts.panelKeys(axisState, change));
}

function lay() {
  const { Sections, factsCards, eventsCard, filesCard, usesCard } = parts;
  // The axis is not an answer of the address until it is chosen there.
  sections = new Sections(run, axisState(), { onZoom: (range) => change(range, { fetch: true }), onScale: (values) => change(values, { fetch: false }), onOpen: open, opened: state.sections });
  fill(main, heading, notices, strip, forecastPlace, controls, sections.element,
    h("div", { class: "run-facts" }, factsCards(run, changed)),
    h("div", { class: "columns-3" }, eventsCard(run, life), filesCard(run), usesCard(run, state.project)));
  drawControls();
  sections.show();
}

function axisState() {
  return { ...state, x: state.x || (countsTokens(run) ? "tokens" : "step") };
}

function drawHead() {
  const query = { project: state.project };
  patch(heading, h("h1", { class: "breakable" }, run.name), run.group ? h("span", { class: "dim" }, `group ${run.group}`) : null, h("span", { class: "spacer" }),
    best && best.id !== run.id ? h("a", { class: "button", id: "compare-best", href: pageURL("compare/", { ...query, runs: `${best.id},${run.id}` }) }, "Compare with the best") : null,
    h("a", { class: "button", href: pageURL("runs/", { ...query, show: run.id, open: run.id }) }, "In the table"));
  fill(strip, answer(run, { life, best, job }), troubles(run, life));
}

function drawControls() {
  patch(controls, parts.panelControls(axisState(), change));
}

function change(values, { fetch }) {
  Object.assign(state, values);
  writeState(state, defaults);
  drawControls();
  sections.update(axisState(), fetch);
}

function open(list) {
  state.sections = list;
  writeState(state, defaults);
}

/** After an edit: the server's own answer is what is shown. */
function changed(edited) {
  run = edited;
  drawHead();
}

async function compareWithBest() {
  const { runs } = await get("runs", { project: state.project, sort: "roles.loss", limit: 1, fields: "none" });
  best = Number.isFinite(role(runs[0] ?? {}, "loss")) ? runs[0] : null;
  drawHead();
}

/** Only what still runs has an end to come. */
async function forecast() {
  if (run.status !== "running") {
    job = null;
    fill(forecastPlace);
    return;
  }
  asked = Date.now();
  const query = { project: state.project, run: run.id };
  try {
    job = (await get("forecasts", query)).jobs.find((item) => item.runID === run.id) ?? null;
  } catch (error) {
    job = { refused: error.message };
  }
  drawHead();
  if (!job?.forecast) {
    fill(forecastPlace);
    return;
  }
  if (!forecastPlace.contains(fan.card)) fill(forecastPlace, fan.card);
  fan.setSource({ kind: "forecast", query });
  await fan.figure.load("forecast", query).then(() => parts.setCaption(fan.caption, fan.figure.spec.layout.meta.answer), () => parts.setCaption(fan.caption, ""));
}

function follow() {
  stream?.close();
  stream = new LiveStream(state.project, {
    onState: (live, sign) => nav.showLive(live, sign, run.state === "running" ? 1 : 0),
    onPoints: (series) => sections.append(series.filter((points) => points.run === run.id)),
    onReset: () => sections.show(),
    onRuns: (runs) => {
      const fresh = runs.find((item) => item.id === run.id);
      if (!fresh) return;
      Object.assign(run, fresh);
      drawHead();
      if (Date.now() - asked > forecastPause && !document.hidden) forecast();
    },
  });
  stream.open();
}

bindKeys({
  r: ["the run in the table", () => { location.href = pageURL("runs/", { project: state.project, show: state.id, open: state.id }); }],
  c: ["compare with the best run", () => byID("compare-best")?.click()],
});
onNavigate(() => {
  const before = state.id;
  state = readState(defaults);
  if (state.id !== before || !sections) start();
  else change({}, { fetch: true });
});
onTheme(() => sections?.redraw());
start();
