// Fit: can this law be trusted, and outside its data?

import "../components/nav.js";
import { answerStrip } from "../components/answer.js";
import { errorBanner } from "../components/banner.js";
import { copyButton } from "../components/copy.js";
import { empty } from "../components/empty.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { fitNow, fitRuns } from "../components/fit-state.js";
import { fitStrip } from "../components/fit-strip.js";
import { diagnosticsCard, equationCard, figureKinds, hasFigure, lawCards, parameterTable, saysSomething } from "../components/law-card.js";
import { apiURL, get, pageURL, send } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { ago, count, dateTime, none, percent, plural, si, wire } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";

const defaults = { project: "", id: "", other: "", sort: "error", find: "" };
const pause = 1200;
// What a fit is judged by comes before the figures of its own question.
const judging = ["residual-board", "extrapolation-ladder", "parameter-drift", "law-comparison", "regret-by-cell", "stack-weights", "model-selection"];
const lawPages = { "step-law": "lr-batch/", "conditional-learning-rate": "lr-batch/", "critical-batch": "critical-batch/", "gradient-noise-scale": "critical-batch/" };
const main = byID("main");
let state = readState(defaults);
let project = "";
let timer = 0;
/** What is beneath the answer: nothing of it is drawn before that has come. */
let beneath = null;

async function start() {
  clearTimeout(timer);
  if (!state.id) {
    fill(main, empty("No fit is named", "The address of a fit is /fit/?id=FIT. The list of fits leads there.",
      h("p", {}, h("a", { href: pageURL(state.project ? "fits/" : "", { project: state.project }) }, "All fits"))));
    markReady();
    return;
  }
  try {
    const [record, cards, kinds] = await Promise.all([get(`fits/${state.id}`), lawCards().catch(() => []), figureKinds().catch(() => [])]);
    project = await get(`projects/${record.project}`).then((found) => found.name, () => record.project);
    state.project = project;
    writeState(state, defaults);
    document.querySelector("il-nav").useProject(project);
    const card = cards.find((item) => item.id === record.law) ?? cards.find((item) => item.id === record.fit?.model?.law);
    document.title = `${card?.title ?? record.law} · Isoloss`;
    if (record.status === "finished") await lay(record, card, kinds);
    else unfinished(record, card);
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

/** Asked for as this one was, and shown. */
async function refit({ law, where, seed, options, fit }, notices) {
  try {
    const next = await fitNow(project, notices, law, { where, seed, options, target: fit?.target });
    location.assign(pageURL("fit/", { id: next.id }));
  } catch (error) {
    fill(notices, errorBanner(error, null));
  }
}

/** Queued, running, failed or cancelled: its state, and what can be done. */
function unfinished(record, card) {
  const isOpen = record.status === "queued" || record.status === "running";
  const share = Math.round(100 * (record.progress ?? 0));
  fill(main, head(record, card), record.error ? errorBanner(record.error, null) : null,
    isOpen ? h("section", { class: "card pad stack" }, h("p", { role: "status" }, record.status === "queued" ? "Waiting for its turn…" : `Fitting, ${share} %`),
      h("div", { class: "progress", role: "progressbar", "aria-label": "Progress of the fit", "aria-valuenow": String(share) }, h("i", { css: { width: `${share}%` } })),
      h("div", {}, h("button", { type: "button", class: "button", id: "cancel", on: { click: () => send("DELETE", `fits/${record.id}`).then(start, start) } }, "Stop it"))) : null,
    record.status === "cancelled" ? h("p", { class: "dim" }, "It was stopped before it ended.") : null,
    card ? equationCard(card) : null);
  if (isOpen) timer = setTimeout(start, pause);
}

async function lay(record, card, kinds) {
  const notices = h("div", { class: "stack" });
  const answer = [head(record, card), notices, strip(record), fitStrip(record, { project, onRefit: () => refit(record, notices), equation: card?.equation })];
  fill(main, answer);
  beneath ??= await import("./beneath.js");
  const difference = h("div", { class: "stack" });
  const query = { fit: record.id, project, target: record.fit?.target };
  // A trade-off needs a second target.
  const figures = kinds.filter(({ kind, laws }) => laws.includes(record.law) && kind !== "mixture-tradeoff"
    && (judging.includes(kind) || /^mixture-/.test(kind)) && hasFigure(kind, record))
    .map(({ kind, title }) => ({ kind, ...figureCard(title, { id: kind, source: { kind, query } }) }));
  const fit = record.fit ?? {};
  const places = { runs: h("div", {}), left: beneath.leftOutCard(fit, project) };
  const draw = () => fill(places.runs, beneath.runsCard(fit, project, state, (values) => { Object.assign(state, values); writeState(state, defaults); draw(); }));
  draw();
  fill(main, answer,
    h("div", { class: "columns-2" }, figures.map((item) => item.card)),
    h("div", { class: "columns-3" }, card ? equationCard(card) : null, parameterTable(record, card), diagnosticsCard(record)),
    h("div", { class: "columns-2" }, fit.crossValidation?.interpolated ? beneath.choices(fit) : beneath.scoreTable(fit), difference), places.left, places.runs, origin(record));
  for (const { kind, figure, caption, card: place } of figures) {
    figure.load(kind, query).then(() => {
      setCaption(caption, figure.spec.layout.meta.answer);
      place.hidden = !saysSomething(kind, figure.spec);
    }, () => {});
  }
  await showDifference(difference, record).catch((error) => fill(difference, errorBanner(error, () => lay(record, card, kinds))));
}

function head(record, card) {
  const page = lawPages[record.law] ?? (/mixture/.test(record.law) || record.fit?.target ? "mixtures/" : "scaling/");
  return h("div", { class: "bar" }, h("h1", {}, card?.title ?? record.law),
    h("span", { class: "dim", title: dateTime(record.finishedAt ?? record.createdAt).title }, `${record.status} ${ago(record.finishedAt ?? record.createdAt)}${record.where ? ` · runs with ${record.where}` : ""}${record.fit?.target ? ` · of ${record.fit.target}` : ""}`),
    h("span", { class: "spacer" }),
    h("a", { class: "button", href: pageURL(page, { project, law: page === "scaling/" ? record.law : null }) }, "Ask it"),
    h("a", { class: "button", href: pageURL("fits/", { project, fit: record.id }) }, "All fits"));
}

function strip(record) {
  const found = record.diagnostics ?? record.fit?.diagnostics ?? {};
  const [own, naive] = [wire(found.heldOutErrorPercent ?? null), wire(found.baselineErrorPercent ?? null)];
  const { used, leftOut: left } = fitRuns(record);
  const verdict = own === null || naive === null ? null : own < naive;
  return answerStrip([
    { key: "Error on unseen runs", value: own === null ? none : percent(own), tone: verdict === null ? "" : verdict ? "ok" : "bad", range: naive === null ? "no naive rule to compare with" : `best naive rule ${percent(naive)}` },
    verdict === null ? null : { key: "Outside its data", words: true, value: verdict ? "better than naive rules" : "do not rely on it", tone: verdict ? "ok" : "bad", range: verdict ? "on runs that were left out of the fit" : "a rule that knows less errs less on runs left out" },
    found.residualPercent === undefined ? null : { key: "Typical error inside", value: percent(found.residualPercent), range: "of the runs it was fitted to" },
    { key: "Runs used", value: count(used), range: left ? `${plural(left, "run")} left out: why is below` : "none left out" },
    record.staleRuns ? { key: "Newer runs", value: String(record.staleRuns), tone: "warn", range: "finished since; it is fitted again by itself" } : null,
    ...reach(record.fit?.domain),
  ]);
}

/** The inputs between which the law was measured. */
function reach(domain) {
  const names = { parameterCount: "N", tokenCount: "D" };
  return Object.entries(domain ?? {}).filter(([name]) => names[name]).map(([name, { low, high }]) => ({ key: `Measured for ${names[name]}`, words: true, value: `${si(low)} – ${si(high)}`, range: "beyond it is extrapolation" }));
}

/** Against the fit before it, or another one of the same law. */
async function showDifference(place, record) {
  const { fits } = await get("fits", { project, law: record.law });
  const others = fits.filter((fit) => fit.status === "finished" && fit.id !== record.id);
  if (!others.length) return;
  const body = h("div", {});
  const before = others.find((fit) => fit.finishedAt < record.finishedAt) ?? others[0];
  const select = h("select", { class: "text-input", "aria-label": "Fit to compare with", on: { change } },
    others.map((fit) => h("option", { value: fit.id }, `${ago(fit.finishedAt)}, ${plural(fit.runCount ?? 0, "run")}${fit.where ? `, ${fit.where}` : ""}`)));
  select.value = others.some((fit) => fit.id === state.other) ? state.other : before.id;
  fill(place, h("section", { class: "card" }, h("header", {}, h("h3", {}, "What changed since"), h("span", { class: "pick" }, select)), body));
  await compare();

  function change() {
    state.other = select.value;
    writeState(state, defaults);
    compare();
  }

  async function compare() {
    try {
      fill(body, beneath.differenceTable(await get(`fits/${record.id}/diff`, { other: select.value })));
    } catch (error) {
      fill(body, errorBanner(error, compare));
    }
  }
}

/** What makes the same fit again, and where its numbers are. */
function origin(record) {
  const address = apiURL(`fits/${record.id}`);
  const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
  const command = `isoloss --server ${location.origin} fit --project ${quoted(project)} --law ${record.law} --seed ${record.seed}${record.where ? ` --where ${quoted(record.where)}` : ""}`;
  return h("div", { class: "provenance" }, h("span", { title: record.id }, `fit ${record.id.slice(0, 8)}`), h("span", {}, `seed ${record.seed}`),
    record.fit?.dataHash ? h("span", {}, `data ${record.fit.dataHash}`) : null,
    record.codeVersion ? h("span", {}, `version ${record.codeVersion}`) : null,
    copyButton("Copy curl", () => `# ${beneath.stamp({ fitID: record.id, project })}\ncurl -fsS '${address}'`, "quiet"), copyButton("Copy CLI", command, "quiet"));
}

onNavigate(() => { state = readState(defaults); start(); });
start();
