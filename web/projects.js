// Projects: what is running, what broke, what changed?

import "./components/nav.js";
import { errorBanner } from "./components/banner.js";
import { empty, firstRun } from "./components/empty.js";
import { get, pageURL } from "./lib/api.js";
import { byID, fill, h, markReady } from "./lib/dom.js";
import { ago, count, loss, none, plural } from "./lib/format.js";

// The addresses which MLflow's client prints when a run ends: #/experiments/ID/runs/ID.
const printedByClient = /^#\/experiments\/(\d+)(?:\/runs\/([0-9a-f]{32}))?/;

const lately = 24 * 3600 * 1000;
const watchedAtMost = 12;

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
    const used = projects.filter((project) => project.runCount > 0);
    const unused = projects.filter((project) => project.runCount === 0);
    fill(main, used.length ? overview(used, unused) : welcome());
  } catch (error) {
    fill(main, errorBanner(error, show));
  }
  markReady();
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
      h("span", { class: "dim" }, `${plural(runs, "run")} · ${count(running)} running`)),
    attention,
    h("div", { class: "cards" }, sorted.map(card)),
    unused.length
      ? h("p", { class: "dim" }, "Without runs: ", unused.map((project) => project.name).join(", "))
      : null,
  ];
}

function card(project) {
  const query = { project: project.name };
  const law = project.laws?.[0];
  return h("article", { class: "card project-card" },
    h("h2", {}, h("a", { href: pageURL("runs/", query) }, project.name)),
    h("div", { class: "pair" },
      h("div", {}, h("div", { class: "big" }, loss(project.bestLoss)), h("small", { class: "dim" }, "best loss")),
      h("div", {}, h("div", { class: "big" }, count(project.runCount)), h("small", { class: "dim" },
        project.runningCount ? h("span", { class: "ok" }, `runs · ${count(project.runningCount)} running`) : "runs"))),
    h("small", { class: "dim" }, `last activity ${ago(project.lastActivity)} · `,
      law ? `${law.law} fitted ${ago(law.finishedAt)}` : "no law fitted yet"),
    h("div", { class: "links" },
      h("a", { href: pageURL("runs/", query) }, "Runs"),
      h("a", { href: pageURL("lr-batch/", query) }, "LR × batch"),
      h("a", { href: pageURL("scaling/", query) }, "Scaling"),
      h("a", { href: pageURL("recommend/", query) }, "Recommend"),
      h("a", { href: pageURL("fits/", query) }, "Fits")));
}

function welcome() {
  return empty("No runs yet", `Log a first run and it appears here within a second. Nothing to install ${none}
    the server speaks MLflow's protocol.`.replace(/\s+/g, " "), firstRun(null));
}

show();
