// Projects: what is running, what broke, what changed?

import "../components/nav.js";
import { errorBanner } from "../components/banner.js";
import { empty, firstRun } from "../components/empty.js";
import { spark } from "../components/spark.js";
import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { ago, capital, count, loss, plural } from "../lib/format.js";
import { pages } from "../lib/pages.js";

// The addresses which MLflow's client prints when a run ends: #/experiments/ID/runs/ID.
const printedByClient = /^#\/experiments\/(\d+)(?:\/runs\/([0-9a-f]{32}))?/;

const lately = 24 * 3600 * 1000;
const watchedAtMost = 12;
const pause = 5000;
// What people come for, as links on the card of each project.
const offered = ["runs", "recommend", "mixtures", "forecasts", "fits"];
let drawn = "";

async function show() {
  const main = byID("main");
  try {
    const { projects } = await get("projects");
    const [, experimentID, run] = location.hash.match(printedByClient) ?? [];
    const asked = projects.find((project) => project.experimentID === experimentID);
    if (asked) {
      location.replace(pageURL("runs/", { project: asked.name, show: run, open: run }));
      return;
    }
    draw(projects);
  } catch (error) {
    fill(main, errorBanner(error, show));
  }
  markReady();
}

function draw(projects) {
  drawn = JSON.stringify(projects);
  const used = projects.filter((project) => project.runCount > 0);
  const unused = projects.filter((project) => project.runCount === 0);
  fill(byID("main"), used.length ? overview(used, unused) : welcome());
}

/** What went wrong lately in the projects that are in use; nothing where nothing did. */
async function watch(projects, place) {
  const answers = await Promise.allSettled(projects.filter((project) => Date.now() - (project.lastActivity ?? 0) / 1000 < lately).slice(0, watchedAtMost)
    .map(async (project) => ({ project, runs: (await get("runs", { project: project.name, sort: "-updatedAt", limit: 50, fields: "none" })).runs })));
  const items = answers.filter((answer) => answer.status === "fulfilled").flatMap(({ value }) => trouble(value));
  if (items.length) fill(place, h("section", { class: "banner note", "aria-label": "Needs attention" }, h("div", {}, h("strong", {}, "Needs attention"), h("ul", {}, items))));
}

function trouble({ project, runs }) {
  const recent = runs.filter((run) => Date.now() - run.updatedAt / 1000 < lately);
  return ["stalled", "diverged", "failed"].map((state) => [state, recent.filter((run) => (run.state ?? run.status) === state)]).filter(([, found]) => found.length)
    .map(([state, found]) => h("li", {}, h("a", { href: pageURL("runs/", { project: project.name }) }, project.name), `: ${plural(found.length, "run")} ${state}, `,
      found.slice(0, 4).map((run, index) => [index ? ", " : "", h("a", { href: pageURL("run/", { project: project.name, id: run.id }) }, run.name || run.id.slice(0, 8))]), found.length > 4 ? " …" : ""));
}

function overview(used, unused) {
  const running = used.reduce((sum, project) => sum + (project.runningCount ?? 0), 0);
  const runs = used.reduce((sum, project) => sum + project.runCount, 0);
  const sorted = used.toSorted((a, b) => (b.lastActivity ?? 0) - (a.lastActivity ?? 0));
  const attention = h("div", { class: "stack", id: "attention" });
  watch(used, attention);
  return [
    h("div", { class: "bar" }, h("h1", {}, plural(used.length, "project")),
      h("span", { class: "dim" }, `${plural(runs, "run")} · ${count(running)} running`), h("span", { class: "spacer" }),
      h("a", { class: "button", id: "connect", href: pageURL("settings/") }, "New project: point a job here")),
    attention,
    h("div", { class: "cards" }, sorted.map(card)),
    unused.length
      ? h("p", { class: "dim" }, "Without runs: ", unused.map((project, index) => [index ? ", " : "", h("a", { href: pageURL("runs/", { project: project.name }) }, project.name)]))
      : null,
  ];
}

function card(project) {
  const query = { project: project.name };
  const fit = project.laws?.[0];
  return h("article", { class: "card project-card" },
    h("h2", {}, h("a", { href: pageURL("runs/", query) }, project.name)),
    h("div", { class: "pair" },
      h("div", {}, h("div", { class: "big" }, loss(project.bestLoss)), h("small", { class: "dim" }, "best loss")),
      h("div", {}, h("div", { class: "big" }, count(project.runCount)), h("small", { class: "dim" },
        project.runningCount ? h("span", { class: "ok" }, `runs · ${count(project.runningCount)} running`) : "runs")),
      week(project.runsByDay)),
    h("small", { class: "dim" }, `last activity ${ago(project.lastActivity)}`,
      fit ? [" · ", h("a", { href: pageURL("fit/", { ...query, id: fit.fitID }) }, `${fit.law} fitted ${ago(fit.finishedAt)}`)] : null),
    h("ul", { class: "questions", "aria-label": `Questions to ${project.name}` }, offered.map((id) => pages.find(([page]) => page === id)).map(([, path, , , question]) => h("li", {}, h("a", { href: pageURL(path, query) }, capital(question))))));
}

/** Runs that changed in the last seven days; nothing for a project that rests. */
function week(days = []) {
  const total = days.reduce((sum, runs) => sum + runs, 0);
  if (!total) return null;
  const words = `${plural(total, "run")} changed in seven days, ${count(days.at(-1))} of them today`;
  return h("div", { role: "img", title: words, "aria-label": words }, spark(days, { width: 90, height: 32 }), h("small", { class: "dim" }, "7 days"));
}

function welcome() {
  return empty("No runs yet", "Log a first run and it appears here by itself. The server speaks MLflow's protocol: a job needs its address and nothing else.", firstRun(null));
}

/** What began or ended elsewhere shows by itself, but never under a pointer or a focus that is here. */
async function refresh() {
  if (document.hidden || byID("main").matches(":hover, :focus-within")) return;
  try {
    const { projects } = await get("projects");
    if (JSON.stringify(projects) !== drawn) draw(projects);
  } catch {
    // What is on the page stays; the next round may have an answer.
  }
}

show();
setInterval(refresh, pause);
