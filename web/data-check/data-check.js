// Data check: is what we fit on clean?

import "../components/nav.js";
import { answerStrip } from "../components/answer.js";
import { errorBanner } from "../components/banner.js";
import { empty, firstRun } from "../components/empty.js";
import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { count, percent, plural } from "../lib/format.js";
import { bindKeys } from "../lib/keys.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { segmented } from "../components/segmented.js";

const defaults = { project: "", severity: "" };
const looks = { error: ["bad", "error"], warning: ["warn", "warning"], info: ["dim", "note"] };
const order = ["error", "warning", "info"];
const drawnAtMost = 50;
const main = byID("main");
let state = readState(defaults);
let found = null;

const strip = h("div", { class: "stack", id: "answer" });
const bar = h("div", { class: "bar" });
const list = h("div", { class: "stack", id: "checks" });
const roles = h("div", { class: "stack" });

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(main, h("div", { class: "bar" }, h("h1", {}, "Data check"), h("span", { class: "spacer" }),
    h("button", { type: "button", class: "button", on: { click: refresh } }, "Check again")), strip, bar, list, roles);
  await Promise.all([refresh(), showRoles()]);
  markReady();
}

async function refresh() {
  try {
    found = await get("data-checks", { project: state.project });
  } catch (error) {
    fill(list, errorBanner(error, refresh));
    return;
  }
  draw();
}

function draw() {
  const { checks, runs, clean } = found;
  if (!runs) {
    fill(strip);
    fill(bar);
    fill(list, empty(`${state.project} has no runs yet`, "What is logged is checked here: values that are not finite, gaps, repeats, missing quantities, units that do not fit.", firstRun(state.project)));
    return;
  }
  const total = (severity) => checks.filter((check) => check.severity === severity).length;
  fill(strip, answerStrip([
    { key: "Clean runs", value: count(clean), tone: clean === runs ? "ok" : "", range: `of ${plural(runs, "run")}, ${percent((100 * clean) / runs)}` },
    { key: "Errors", value: count(total("error")), tone: total("error") ? "bad" : "ok", range: "laws would be wrong, or cannot be fitted" },
    { key: "Warnings", value: count(total("warning")), tone: total("warning") ? "warn" : "ok", range: "worth a look before a fit is believed" },
    { key: "Notes", value: count(total("info")), range: "nothing to do" },
  ]));
  fill(bar, checks.length ? segmented("Severity", [["", "all"], ["error", "errors"], ["warning", "warnings"], ["info", "notes"]], state.severity, choose) : null);
  const shown = checks.filter((check) => !state.severity || check.severity === state.severity)
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.count - a.count);
  fill(list, shown.length ? shown.map(checkCard) : h("section", { class: "card pad" },
    h("p", { class: checks.length ? "dim" : "ok" }, checks.length ? "None of this kind." : "Nothing found: every run can be used as it is.")));
}

function checkCard({ kind, severity, count: number, message, advice, runs }) {
  const [tone, word] = looks[severity] ?? looks.info;
  const ids = runs.slice(0, drawnAtMost).map((run) => run.id).join(",");
  return h("section", { class: "card pad check", data: { kind, severity } },
    h("div", { class: "bar" }, h("span", { class: `badge ${tone}` }, word), h("strong", { class: "breakable" }, message), h("span", { class: "spacer" }),
      number ? h("span", { class: "dim" }, plural(number, "run")) : null,
      runs.length ? h("a", { class: "button", href: pageURL("runs/", { project: state.project, show: ids, sel: ids }) }, runs.length > 1 ? "Open these runs" : "Open the run") : null),
    advice ? h("p", {}, advice) : null,
    runs.length ? h("p", { class: "dim breakable" }, runs.map((run, index) => [index ? ", " : "", h("a", { href: pageURL("run/", { project: state.project, id: run.id }) }, run.name || run.id.slice(0, 8))]),
      number > runs.length ? ` and ${plural(number - runs.length, "other run")}` : "") : null);
}

function choose(severity) {
  state.severity = severity;
  writeState(state, defaults);
  draw();
}

/** Which quantities the runs have: what is missing decides which laws can be fitted. */
async function showRoles() {
  try {
    const answer = await get(`projects/${encodeURIComponent(state.project)}/roles`);
    const known = answer.roles.filter((role) => role.resolvedRuns + role.missingRuns > 0);
    if (!known.length) return;
    fill(roles, h("section", { class: "card", id: "completeness" },
      h("header", {}, h("h3", {}, "What the runs have"), h("small", {}, "how many say each quantity that laws read"), h("div", { class: "tools" }, h("a", { href: pageURL("settings/", { project: state.project }) }, "Set where it is read"))),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "What the runs have" }, h("table", { class: "table" },
        h("thead", {}, h("tr", {}, ["quantity", "runs that have it", "read from", ""].map((name) => h("th", {}, name)))),
        h("tbody", {}, known.map(roleRow))))));
  } catch (error) {
    fill(roles, errorBanner(error, showRoles));
  }
}

function roleRow({ role, resolvedRuns, missingRuns, expression, reason }) {
  const share = (100 * resolvedRuns) / (resolvedRuns + missingRuns);
  return h("tr", {}, h("td", {}, role),
    h("td", {}, h("span", { class: "meter wide", "aria-hidden": "true" }, h("i", { css: { width: `${share}%` } })), h("span", { class: missingRuns && resolvedRuns ? "warn" : "dim" }, `${count(resolvedRuns)} of ${count(resolvedRuns + missingRuns)}`)),
    h("td", { class: "dim" }, expression ?? ""), h("td", { class: "dim wrap" }, missingRuns ? reason ?? "" : ""));
}

bindKeys({ c: ["check again", refresh], 1: ["all", () => choose("")], 2: ["errors", () => choose("error")], 3: ["warnings", () => choose("warning")], 4: ["notes", () => choose("info")] });
onNavigate(() => { state = readState(defaults); start(); });
start();
