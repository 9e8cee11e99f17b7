// Runs: which run is best and why, is anything wrong?

import "../components/nav.js";
import { errorBanner } from "../components/banner.js";
import { QueryLine } from "../components/query.js";
import { pageURL } from "../lib/api.js";
import { byID, fill, h, markReady, patch } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { bindKeys } from "../lib/keys.js";
import { LiveStream } from "../lib/stream.js";
import { onTheme } from "../lib/theme.js";
import { onNavigate } from "../lib/url-state.js";
import { RunsModel } from "./model.js";
import { querySource } from "./query-source.js";
import { Selection } from "./selection.js";
import { RunTable } from "./table.js";

const model = new RunsModel();
const main = byID("main");
const title = h("h1", { class: "visually-hidden" }, "Runs");
const nav = document.querySelector("il-nav");
const query = new QueryLine(model.state.q, (q) => change({ q, from: "", to: "" }), querySource(model));
const summary = h("span", { class: "dim", id: "summary", role: "status" });
const announced = h("span", {});
const notices = h("div", { class: "stack" });
const best = h("div", { class: "best" });
const views = h("span", {});
const above = h("div", { class: "stack", hidden: true });
const side = h("div", {});
const bar = h("div", { class: "bar" });
const table = new RunTable(model, {
  trend: (id) => around?.panels.trend(id),
  onSort: (sort) => change({ sort }),
  onToggle: (id) => toggleDrawn(id),
  onSelect: (ids, on) => selection.mark(ids, on),
  onOpen: (id) => open(model.state.open === id ? "" : id),
  onVisit: (id) => { location.href = runURL(id); },
  onHover: (id) => { table.highlight(id); around?.panels.emphasize(id); },
  onNearEnd: () => more(),
});
const selection = new Selection(model, table, () => reload());
let around = null;

async function start() {
  if (!model.state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(bar, views, query.element, announced, h("span", { class: "bar", id: "menus" }), summary);
  // What can be done with marked runs lies over the foot of the table: a row must not move from under the pointer that marks it.
  fill(main, title, notices, best, bar, above, h("div", { class: "runs-grid" }, h("div", { class: "runs-place" }, table.element, selection.element), side));
  // First the stream, then the series: no point falls between them.
  follow();
  await reload();
}

/** A change that needs the list again. */
async function change(changes) {
  model.update(changes);
  table.element.scrollTop = 0;
  await reload();
}

/** `keepsPlace`: the rows that were loaded are loaded again, so that the table stays where it is. */
async function reload({ keepsPlace = false } = {}) {
  try {
    if (!(await model.load({ atLeast: keepsPlace ? model.runs.length : 0 }))) return;
    query.complain(null);
    fill(notices);
  } catch (error) {
    if (error.code === "notFound") (await import("./first-run.js")).awaitProject(main, model.state.project);
    else {
      if (model.state.q && error.code === "invalid") query.complain(error);
      else fill(notices, errorBanner(error, reload));
      drawSummary();
    }
    markReady();
    return;
  }
  await draw();
  markReady();
  if (model.isPartial) {
    await more();
    around.drawMore();
  }
  const { showBest } = await import("./answer.js");
  await showBest(best, model, { onSweep: () => around.setSweep(true), onRoles: () => around.setRoles(true), onQuery: setQuery });
  best.hidden = !best.firstChild;
}

async function draw() {
  showLive();
  const nothing = model.runs.length === 0;
  main.querySelector(".runs-grid").hidden = nothing;
  bar.hidden = nothing && !model.state.q;
  best.hidden = nothing;
  drawSummary();
  table.render();
  if (model.state.open) table.scrollTo(model.state.open);
  if (nothing) await sayNothing();
  await surround();
  around.draw();
}

async function surround() {
  const { Around } = await import("./around.js");
  if (!around) {
    around = new Around(model, table, { onOpen: open, onPin: pin, onReload: reload, page: runURL });
    around.place(side, above, views);
    bindKeys(around.keys);
  }
  await around.panels.prepare();
}

function drawSummary() {
  summary.textContent = `${plural(model.runs.length, "run")}${model.next ? "+" : ""} · ${model.shown.length} drawn`;
  drawNewcomers();
  selection.draw();
}

/** Apart from the menus: a run that starts elsewhere must not close a menu that is open. */
function drawNewcomers() {
  const fresh = model.newcomers.size;
  patch(announced, fresh ? h("button", {
    type: "button", class: "chip on", id: "newcomers", on: { click: reload },
  }, `${plural(fresh, "new run")}: show`) : null);
}

async function sayNothing() {
  const { noRuns, nothingFound } = await import("./nothing.js");
  const { project, q } = model.state;
  if (!q) fill(notices, noRuns(project));
  else await nothingFound(project, q, notices, setQuery);
}

function setQuery(q) {
  query.value = q;
  change({ q });
}

function drawBars() {
  drawSummary();
  around?.drawBars();
}

function open(id) {
  model.update({ open: id }, { push: true });
  around?.drawDetails();
  table.render();
  around?.redraw();
}

function pin(id) {
  model.update({ pin: model.state.pin === id ? "" : id });
  around?.drawDetails();
  table.render();
  around?.redraw();
}

async function toggleDrawn(id) {
  await model.toggleShown(id);
  table.render();
  around?.drawPanels();
  drawBars();
}

const runURL = (id) => pageURL("run/", { project: model.state.project, id });

async function more() {
  try {
    await model.loadMore();
    table.render();
    drawBars();
  } catch (error) {
    fill(notices, errorBanner(error, more));
  }
}

/** [state, time of the last sign] of the stream, once there is one. */
let live = null;

function showLive() {
  if (live) nav.showLive(...live, model.runs.filter((run) => run.state === "running").length);
}

function follow() {
  const stream = new LiveStream(model.state.project, {
    onState: (...state) => { live = state; showLive(); },
    onPoints: (series) => around?.panels.append(series),
    onReset: () => reload({ keepsPlace: true }),
    onRuns: (runs) => {
      const known = model.absorb(runs);
      table.refresh(known.map((run) => run.id));
      showLive();
      if (model.runs.length === 0 && !model.state.q) reload();
      else drawNewcomers();
      if (known.some((run) => run.id === model.state.open)) around?.drawDetails();
    },
  });
  stream.open();
}

function move(step) {
  const index = model.runs.findIndex((run) => run.id === model.state.open);
  const next = model.runs[Math.min(Math.max(index + step, 0), model.runs.length - 1)];
  if (!next) return;
  model.update({ open: next.id });
  around?.drawDetails();
  table.render();
  table.scrollTo(next.id);
  around?.redraw();
}

const opened = (action) => () => model.state.open && action(model.state.open);
bindKeys({
  "/": ["filter the runs", () => query.focus()], j: ["next run", () => move(1)], k: ["previous run", () => move(-1)],
  e: ["the page of the run", opened((id) => { location.href = runURL(id); })],
  x: ["select the run", opened((id) => selection.toggle(id))], " ": ["draw the run or not", opened(toggleDrawn)],
  p: ["pin the run as base", opened(pin)], c: ["compare the selected runs", () => selection.compare()], m: ["group, tag or delete the selected runs", () => selection.act()],
  Escape: ["close the run", () => model.state.open && open("")],
});
onNavigate(() => { model.readAddress(); query.value = model.state.q; reload(); });
onTheme(() => { table.render(); around?.drawTheme(); });
start();
