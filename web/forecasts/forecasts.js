// Forecasts: which running jobs are worth their time, and which should be stopped?

import "../components/nav.js";
import { answerStrip } from "../components/answer.js";
import { errorBanner, note } from "../components/banner.js";
import { empty, firstRun } from "../components/empty.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { count, loss, none, percent, plural, si, wire } from "../lib/format.js";
import { LiveStream } from "../lib/stream.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { recordSection } from "./record.js";

const defaults = { project: "", run: "", risk: 5 };
const pause = 15_000;
const fewestFinished = 3;
const main = byID("main");
let state = readState(defaults);
let jobs = [];
let stale = false;

const notices = h("div", { class: "stack" });
const answer = h("div", { class: "stack" });
const table = h("div", { class: "stack" });
const detail = h("div", { class: "stack" });
const record = h("div", { class: "stack" });
const fan = figureCard("Where it will end", { id: "forecast", tall: true });
const why = h("div", {});

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(main, h("h1", {}, "Forecasts"), notices, answer, table, detail, record);
  await refresh();
  markReady();
  follow();
}

/** New points make the forecasts old; they are asked for again, but never more often than every 15 s. */
function follow() {
  const mark = () => { stale = true; };
  new LiveStream(state.project, {
    onPoints: mark, onRuns: mark, onReset: mark,
    onState: (live, sign) => document.querySelector("il-nav").showLive(live, sign, jobs.length),
  }).open();
  setInterval(() => {
    if (!stale || document.hidden) return;
    stale = false;
    refresh();
  }, pause);
}

/** Once there are runs to replay. */
async function showRecord(finishedRuns) {
  if (record.firstChild || finishedRuns < fewestFinished) return;
  const section = await recordSection(state.project, () => state.risk, (risk) => {
    state.risk = risk;
    writeState(state, defaults);
  });
  fill(record, section);
}

async function refresh() {
  let found;
  try {
    found = await get("forecasts", { project: state.project });
    fill(notices);
  } catch (error) {
    fill(notices, errorBanner(error, refresh));
    return;
  }
  ({ jobs } = found);
  const recorded = showRecord(found.finishedRuns);
  if (!jobs.length) {
    fill(answer, answerStrip([
      { key: "Running", value: "0", range: `${plural(found.finishedRuns, "finished run")} to learn from` },
      found.bestFinishedLossNats ? { key: "Best finished so far", value: loss(found.bestFinishedLossNats ?? null), range: (found.lossNames ?? []).join(", ") } : null,
    ]));
    fill(detail);
    // What there is to say is about runs that have ended.
    main.insertBefore(record, table);
    await recorded;
    fill(table, empty("Nothing is running", `A forecast is made for every running job that logs its loss and says how long it trains. ${plural(found.finishedRuns, "finished run")} would inform it.`, firstRun(state.project)));
    return;
  }
  main.append(record);
  fill(answer, strip(found), found.statement ? h("p", { class: "statement" }, found.statement) : null);
  const focused = document.activeElement?.closest?.("#jobs tr")?.dataset.id;
  fill(table, jobTable());
  if (focused) document.querySelector(`#jobs tr[data-id="${focused}"] button`)?.focus();
  show();
}

function strip(found) {
  const advised = jobs.filter((job) => job.isStopAdvised);
  return answerStrip([
    { key: "Running", value: count(jobs.length), range: `${plural(found.finishedRuns, "finished run")} to learn from` },
    { key: "Best finished so far", value: loss(found.bestFinishedLossNats ?? null), range: (found.lossNames ?? []).join(", ") },
    { key: "May be stopped", value: count(advised.length), tone: advised.length ? "warn" : "ok", range: `${percent(100 * (1 - found.familyErrorRate))} sure that the best run is not among them` },
    { key: "Steps saved", value: si(found.savedSteps), range: `of ${si(found.remainingSteps)} still to come` },
  ]);
}

function jobTable() {
  const heads = [["run"], ["advice"], ["done", "number"], ["ends at", "number"], ["90 %", "number"], ["beats the best of its size", "number"]];
  return h("section", { class: "card" }, h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table", id: "jobs" },
    h("thead", {}, h("tr", {}, heads.map(([name, look]) => h("th", { class: look ?? "" }, name)))),
    h("tbody", {}, jobs.map((job) => h("tr", { data: { id: job.runID }, class: job.runID === state.run ? "current" : "" },
      h("td", { class: "name" }, h("button", { type: "button", class: "link", on: { click: () => choose(job.runID) } }, job.runName)),
      job.forecast ? cells(job) : h("td", { class: "wrap dim", colspan: "5" }, job.refused ?? "No forecast.")))))));
}

function cells({ forecast, probabilityOfBest, isStopAdvised }) {
  const share = Math.round(100 * forecast.observedShare);
  // Where nothing of its size has finished, a run has nothing to beat.
  const chance = forecast.baselineLossNats === undefined ? null : wire(probabilityOfBest ?? null);
  const { value, low, high } = forecast.finalLoss;
  return [
    h("td", {}, isStopAdvised ? h("span", { class: "warn", title: forecast.stop?.reason ?? "" }, "may be stopped") : h("span", { class: "ok" }, "go on")),
    h("td", { class: "number" }, h("span", { class: "meter", "aria-hidden": "true" }, h("i", { css: { width: `${share}%` } })), `${share} %`),
    h("td", { class: "number" }, loss(value)),
    h("td", { class: "number" }, `${loss(low)} – ${loss(high)}`),
    h("td", { class: "number" }, chance === null ? none : percent(100 * chance)),
  ];
}

function choose(id) {
  state.run = id;
  writeState(state, defaults, { push: true });
  fill(table, jobTable());
  document.querySelector(`#jobs tr[data-id="${id}"] button`)?.focus();
  show();
}

/** The chosen run, else the first that has a forecast. */
function show() {
  const job = jobs.find((item) => item.runID === state.run) ?? jobs.find((item) => item.forecast);
  if (!job) {
    fill(detail);
    return;
  }
  if (!job.forecast) {
    fill(detail, note(job.refused));
    return;
  }
  const { forecast } = job;
  fan.heading.textContent = `Where ${job.runName} will end`;
  const query = { project: state.project, run: job.runID };
  fan.setSource({ kind: "forecast", query });
  fill(why, reasons(forecast));
  if (!detail.contains(fan.card)) fill(detail, h("div", { class: "with-side" }, fan.card, why));
  fan.figure.load("forecast", query).then(
    () => setCaption(fan.caption, fan.figure.spec.layout.meta.answer), () => setCaption(fan.caption, ""));
}

function reasons(forecast) {
  return h("section", { class: "card pad", id: "reasons" }, h("h3", {}, "How this is known"),
    h("dl", { class: "facts" },
      h("dt", {}, "method"), h("dd", {}, forecast.method),
      h("dt", {}, "steps"), h("dd", {}, `${count(forecast.observedSteps)} of ${count(forecast.horizonSteps)}`),
      forecast.stop ? [h("dt", {}, "stopping"), h("dd", {}, forecast.stop.reason)] : null,
      forecast.baselines.map((rule) => [h("dt", {}, rule.title), h("dd", {}, loss(rule.finalLossNats ?? null))])),
    [...forecast.warnings, ...forecast.refusals].map((text) => h("p", { class: "warn" }, text)));
}

onNavigate(() => { state = readState(defaults); show(); });
start();
