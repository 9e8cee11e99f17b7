// Runs: which run is best and why, is anything wrong?

import "../components/nav.js";
import { errorBanner, note } from "../components/banner.js";
import { empty, firstRun } from "../components/empty.js";
import { QueryLine } from "../components/query.js";
import { SavedViews } from "../components/saved-views.js";
import { toggle } from "../components/segmented.js";
import { pageURL } from "../lib/api.js";
import { byID, fill, h, markReady, patch } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { bindKeys } from "../lib/keys.js";
import { LiveStream } from "../lib/stream.js";
import { onTheme } from "../lib/theme.js";
import { onNavigate } from "../lib/url-state.js";
import { exportMenu } from "./actions.js";
import { panelControls, panelKeys } from "./controls.js";
import { runDetails } from "./details.js";
import { RunsModel } from "./model.js";
import { Panels } from "./panels.js";
import { columnPicker, groupPicker, metricPicker } from "./pickers.js";
import { querySource } from "./query-source.js";
import { rolesCard } from "./roles.js";
import { Selection } from "./selection.js";
import { sweepCard } from "./sweep.js";
import { RunTable } from "./table.js";

const model = new RunsModel();
const main = byID("main");
const nav = document.querySelector("il-nav");
const query = new QueryLine(model.state.q, (q) => change({ q, from: "", to: "" }), querySource(model));
const summary = h("span", { class: "dim", id: "summary", role: "status" });
const announced = h("span", {});
const views = new SavedViews("runs");
const [notices, details, roles, sweep, best] = Array.from({ length: 5 }, () => h("div", { class: "stack" }));
const bar = h("div", { class: "bar" });
const panelBar = h("div", { class: "bar panel-bar" });
const table = new RunTable(model, {
  trend: (id) => panels.trend(id),
  onSort: (sort) => change({ sort }),
  onToggle: (id) => toggleDrawn(id),
  onSelect: (id) => selection.toggle(id),
  onOpen: (id) => open(model.state.open === id ? "" : id),
  onHover: (id) => table.highlight(id),
  onNearEnd: () => more(),
});
const selection = new Selection(model, table, () => reload());
const panels = new Panels(model, {
  onHover: (id) => table.highlight(id),
  onZoom: (range) => { model.update(range); drawPanels(); },
  onOpen: (id) => open(id),
});

async function start() {
  if (!model.state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(main, notices, best, bar, roles, sweep,
    h("div", { class: "runs-grid" }, table.element, h("div", {}, panelBar, h("div", { class: "stack" }, details, panels.element))));
  drawRoles();
  views.load();
  // First the stream, then the series: no point falls between them.
  follow();
  await reload();
}

/** A change that needs the list again. */
async function change(changes) {
  model.update(changes);
  await reload();
}

async function reload() {
  try {
    if (!(await model.load())) return;
    query.complain(null);
    fill(notices);
  } catch (error) {
    if (error.code === "notFound") (await import("./first-run.js")).awaitProject(main, model.state.project);
    else {
      if (model.state.q && error.code === "invalid") query.complain(error);
      else fill(notices, errorBanner(error, reload));
      drawBars();
    }
    markReady();
    return;
  }
  draw();
  markReady();
}

function draw() {
  const nothing = model.runs.length === 0;
  if (nothing) fill(notices, model.state.q ? nothingFound() : empty(`${model.state.project} has no runs yet`, null, firstRun(model.state.project)));
  main.querySelector(".runs-grid").hidden = nothing;
  bar.hidden = nothing && !model.state.q;
  drawBars();
  panelBar.hidden = !model.hasCurves;
  drawDetails();
  drawSweep();
  import("./answer.js").then(({ showBest }) => showBest(best, model, { onSweep: () => setSweep(true), onQuery: setQuery }));
  table.render();
  if (model.state.open) table.scrollTo(model.state.open);
  drawPanels();
}

/** Apart from the menus: a run that starts elsewhere must not close a menu that is open. */
function drawNewcomers() {
  const fresh = model.newcomers.size;
  patch(announced, fresh ? h("button", { type: "button", class: "chip on", id: "newcomers", on: { click: reload } }, `${plural(fresh, "new run")}: show`) : null);
}

function nothingFound() {
  const clauses = model.state.q.split(/\s+and\s+/i);
  return note("No run matches. ", clauses.length > 1 ? "Try without: " : "",
    clauses.length > 1 ? clauses.map((clause, index) => h("button", {
      type: "button", class: "chip", on: { click: () => setQuery(clauses.filter((_, other) => other !== index).join(" and ")) },
    }, clause)) : null, " ",
    h("button", { type: "button", class: "chip", on: { click: () => setQuery("") } }, "clear the filter"));
}

function setQuery(q) {
  query.value = q;
  change({ q });
}

function drawBars() {
  const { state } = model;
  summary.textContent = `${plural(model.runs.length, "run")}${model.next ? "+" : ""} · ${model.shown.length} drawn`;
  if (!bar.contains(query.element)) fill(bar, views.element, query.element, announced, selection.element, h("span", { class: "bar", id: "menus" }), summary);
  drawNewcomers();
  views.draw();
  selection.draw();
  patch(byID("menus"), model.hasCurves ? groupPicker(model, (values) => { model.update(values); drawBars(); drawPanels(); }) : null,
    columnPicker(model, (cols) => { model.update({ cols }); table.render(); }),
    toggle("what matters", state.sweep, setSweep, "which hyperparameters matter"),
    toggle("which column is what", state.roles, (on) => { model.update({ roles: on }); drawRoles(); }, "what the laws read in these runs"),
    exportMenu(model),
    metricPicker(model, panels.metrics, (metrics) => { model.update({ metrics }); drawPanels(); }));
  patch(panelBar, panelControls(state, setPanels));
}

function setSweep(on) {
  model.update({ sweep: on });
  drawSweep();
  drawBars();
}

function drawSweep() {
  fill(sweep, model.state.sweep && model.runs.length ? sweepCard(model, open) : null);
}

function drawRoles() {
  fill(roles, model.state.roles ? rolesCard(model.state.project, {
    onClose: () => { model.update({ roles: false }); drawRoles(); drawBars(); },
    onChange: reload,
  }) : null);
}

/** Draws the panels, then what the table shows of them. */
async function drawPanels() {
  await panels.show();
  table.refresh(model.shown);
}

function open(id) {
  model.update({ open: id }, { push: true });
  drawDetails();
  table.render();
  panels.redraw();
}

function drawDetails() {
  const run = model.run(model.state.open);
  fill(details, run ? runDetails(run, { onClose: () => open(""), onPin: () => pin(run.id), pinned: run.id === model.state.pin, page: runURL(run.id) }) : null);
}

function pin(id) {
  model.update({ pin: model.state.pin === id ? "" : id });
  drawDetails();
  table.render();
  panels.redraw();
}

function toggleDrawn(id) {
  model.toggleShown(id);
  table.render();
  drawPanels();
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

function follow() {
  const stream = new LiveStream(model.state.project, {
    onState: (state, sign) => nav.showLive(state, sign, model.runs.filter((run) => run.state === "running").length),
    onPoints: (series) => panels.append(series),
    onReset: () => reload(),
    onRuns: (runs) => {
      const known = model.absorb(runs);
      table.refresh(known.map((run) => run.id));
      if (model.runs.length === 0 && !model.state.q) reload();
      else drawNewcomers();
      if (known.some((run) => run.id === model.state.open)) drawDetails();
    },
  });
  stream.open();
}

function move(step) {
  const index = model.runs.findIndex((run) => run.id === model.state.open);
  const next = model.runs[Math.min(Math.max(index + step, 0), model.runs.length - 1)];
  if (!next) return;
  model.update({ open: next.id });
  drawDetails();
  table.render();
  table.scrollTo(next.id);
}

/** What the controls over the panels ask for. */
function setPanels(values, { fetch }) {
  model.update(values);
  drawBars();
  if (fetch) drawPanels();
  else panels.redraw();
}

const opened = (action) => () => model.state.open && action(model.state.open);
bindKeys({
  "/": ["filter the runs", () => query.focus()], j: ["next run", () => move(1)], k: ["previous run", () => move(-1)],
  e: ["the page of the run", opened((id) => { location.href = runURL(id); })],
  x: ["select the run", opened((id) => selection.toggle(id))], " ": ["draw the run or not", opened(toggleDrawn)],
  p: ["pin the run as base", opened(pin)], c: ["compare the selected runs", () => selection.compare()], m: ["group, tag or delete the selected runs", () => selection.act()],
  Escape: ["close the run", () => model.state.open && open("")],
  ...panelKeys(() => model.state, setPanels),
});
onNavigate(() => { model.readAddress(); query.value = model.state.q; reload(); });
onTheme(() => { drawSweep(); table.render(); panels.redraw(); });
start();
