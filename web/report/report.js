// Reports: what did we conclude? Markdown with frozen and live figures.

import "../components/nav.js";
import { errorBanner, note } from "../components/banner.js";
import { copyButton, snippet } from "../components/copy.js";
import { showDialog } from "../components/dialog.js";
import { empty } from "../components/empty.js";
import { printPage } from "../components/print.js";
import { get, pageURL, send } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { ago, dateTime } from "../lib/format.js";
import { bindKeys } from "../lib/keys.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { Editor } from "./editor.js";
import { ReportBody } from "./body.js";

const defaults = { project: "", id: "", edit: false };
const main = byID("main");
const nav = document.querySelector("il-nav");
let state = readState(defaults);
let report = null;
let project = "";
let editor = null;

async function start() {
  editor = null;
  try {
    if (state.id) await showOne();
    else if (state.project) await showList();
    else fill(main, empty("No report is named", "Reports belong to a project.", h("p", {}, h("a", { href: pageURL("") }, "Projects"))));
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

async function showList() {
  const { reports } = await get("reports", { project: state.project });
  const notices = h("div", { class: "stack" });
  const make = h("button", { type: "button", class: "button primary", id: "new-report", on: { click: () => create(notices) } }, "New report");
  fill(main, h("div", { class: "bar" }, h("h1", {}, "Reports"), h("span", { class: "spacer" }), h("a", { class: "button", href: pageURL("figure/", { project: state.project }) }, "Frozen figures"), make), notices,
    reports.length ? h("section", { class: "card" }, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Reports" }, h("table", { class: "table", id: "reports" },
      h("thead", {}, h("tr", {}, ["report", "last change"].map((name) => h("th", {}, name)))),
      h("tbody", {}, reports.map((item) => h("tr", {}, h("td", { class: "name" }, h("a", { href: pageURL("report/", { id: item.id }) }, item.title)),
        h("td", { title: dateTime(item.updatedAt ?? item.createdAt).title }, ago(item.updatedAt ?? item.createdAt))))))))
      : empty("No report yet", "A report is Markdown beside its figures: frozen ones keep their numbers, live ones follow the runs.",
        snippet("## What we learned\n\nThe best rate is **1.5e-3**, and half of it costs 0.1 %.\n\n![Loss over rate and batch](live:lr-batch-surface?parameters=1e8&tokens=2e9)")));
}

async function create(place) {
  try {
    const made = await send("POST", "reports", { project: state.project, title: "Untitled report", markdown: "" });
    location.href = pageURL("report/", { id: made.id, edit: 1 });
  } catch (error) {
    fill(place, errorBanner(error, null));
  }
}

async function showOne() {
  report = { markdown: "", ...await get(`reports/${state.id}`) };
  project = (await get(`projects/${encodeURIComponent(report.project)}`)).name;
  nav.useProject(project);
  draw();
}

function draw() {
  document.title = `${report.title} · Isoloss`;
  if (state.edit) {
    editor = new Editor(report, project, { onSave: save, onClose: () => setEdit(false) });
    fill(main, editor.element);
    editor.focus();
    return;
  }
  editor = null;
  const body = new ReportBody(project);
  body.show(report.markdown);
  const changed = report.updatedAt ?? report.createdAt;
  fill(main, h("div", { class: "bar not-printed" }, h("a", { href: pageURL("report/", { project }) }, "All reports"), h("span", { class: "spacer" }),
    copyButton("Copy link", () => String(pageURL("report/", { id: report.id }))), copyButton("Copy Markdown", () => `# ${report.title}\n\n${report.markdown}`),
    h("button", { type: "button", class: "button", id: "print", on: { click: printPage } }, "Print"),
    h("button", { type: "button", class: "button", on: { click: confirmDelete } }, "Delete…"),
    h("button", { type: "button", class: "button primary", id: "edit", on: { click: () => setEdit(true) } }, "Edit")),
  h("article", { class: "report" }, h("h1", {}, report.title), h("p", { class: "dim", title: dateTime(changed).title }, `${project} · ${dateTime(changed).text}`),
    report.markdown.trim() ? body.element : note("Nothing is written yet: press Edit.")));
}

function setEdit(edit) {
  state.edit = edit;
  writeState(state, defaults, { push: true });
  draw();
}

/** Answers what the server keeps; a report that somebody changed meanwhile is refused. */
async function save(values) {
  const answer = await send("PUT", `reports/${report.id}`, { ...values, version: report.version });
  report = { ...report, ...values, ...answer };
  document.title = `${report.title} · Isoloss`;
  return report;
}

function confirmDelete() {
  const complaint = h("div", {});
  showDialog(`Delete ${report.title}?`, h("p", {}, "Its text cannot come back; frozen figures stay."), complaint,
    h("button", { type: "button", class: "button primary", on: { click: async () => {
      try {
        await send("DELETE", `reports/${report.id}`);
        location.replace(pageURL("report/", { project }));
      } catch (error) {
        fill(complaint, errorBanner(error, null));
      }
    } } }, "Delete"));
}

bindKeys({ e: ["edit the report", () => report && !state.edit && setEdit(true)], n: ["new report", () => byID("new-report")?.click()] });
addEventListener("beforeunload", (event) => editor?.isChanged && event.preventDefault());
onNavigate(() => {
  const before = state.id;
  state = readState(defaults);
  if (report && state.id === before) draw();
  else start();
});
start();
