// A frozen figure: the numbers as they were, and as they would be drawn now.

import "../components/nav.js";
import { answerStrip } from "../components/answer.js";
import { errorBanner } from "../components/banner.js";
import { copyButton } from "../components/copy.js";
import { empty } from "../components/empty.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { apiURL, get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { ago, dateTime, none } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";

const defaults = { project: "", id: "", now: false };
const main = byID("main");
let state = readState(defaults);

async function start() {
  try {
    if (state.id) await showOne();
    else if (state.project) await showList();
    else fill(main, empty("No figure is named", "The address of a frozen figure is /figure/?id=ID; the menu of any figure makes one.", h("p", {}, h("a", { href: pageURL("") }, "Projects"))));
  } catch (error) {
    fill(main, errorBanner(error, start));
  }
  markReady();
}

async function showOne() {
  const spec = await get(`frozen-figures/${state.id}`);
  const meta = spec.layout?.meta ?? {};
  const { title, createdAt, kind, parameters } = meta.frozen;
  document.title = `${title} · Isoloss`;
  const address = apiURL(`frozen-figures/${state.id}`);
  const project = await ownProject(meta);
  const item = figureCard(title, { id: "frozen", tall: true, source: { json: address } });
  // Without the fit that it was drawn from, the law must be said.
  const asked = { law: meta.provenance?.law, ...parameters, project };
  const live = h("div", { class: "stack" });
  item.figure.spec = spec;
  setCaption(item.caption, meta.answer);
  const toggle = h("button", { type: "button", class: "button", id: "now", "aria-pressed": String(state.now), on: { click: () => {
    state.now = !state.now;
    writeState(state, defaults);
    toggle.setAttribute("aria-pressed", String(state.now));
    showNow(live, kind, asked);
  } } }, "Beside it: drawn now");
  fill(main, h("div", { class: "bar" }, h("h1", { class: "breakable" }, title), h("span", { class: "dim", title: dateTime(createdAt).title }, `frozen ${ago(createdAt)}`), h("span", { class: "spacer" }),
    toggle, copyButton("Copy link", () => String(pageURL("figure/", { id: state.id }))), copyButton("Copy line for a report", () => `![${title}](figure:${state.id})`)),
  strip(meta, createdAt), item.card, live, origin(meta, project));
  await showNow(live, kind, asked);
}

/** The project's name, which the live figure and the links need. */
async function ownProject(meta) {
  const said = meta.frozen.project ?? meta.provenance?.project ?? state.project;
  if (!said) return "";
  try {
    const { name } = await get(`projects/${encodeURIComponent(said)}`);
    document.querySelector("il-nav").useProject(name);
    return name;
  } catch {
    // Its project may be gone; the frozen figure stays.
    return "";
  }
}

function strip(meta, createdAt) {
  const source = meta.provenance ?? {};
  return answerStrip([
    { key: "It says", value: meta.summary ?? meta.answer ?? none, words: true },
    { key: "Frozen", value: dateTime(createdAt).text, words: true, title: dateTime(createdAt).title, range: "later runs do not change it" },
    source.runs === undefined ? null : { key: "Runs behind it", value: String(source.runs), range: source.lossName ? `loss: ${source.lossName}` : "" },
  ]);
}

async function showNow(place, kind, query) {
  if (!state.now) {
    fill(place);
    return;
  }
  const item = figureCard("The same, drawn now", { id: "live", tall: true, source: { kind, query } });
  fill(place, item.card);
  const { fit: _, ...newest } = query;
  await item.figure.load(kind, newest).then(() => setCaption(item.caption, item.figure.spec.layout.meta.answer), () => {});
}

function origin({ provenance = {}, frozen }, project) {
  const fit = provenance.fitID ? String(provenance.fitID).replaceAll("-", "") : null;
  return h("div", { class: "provenance" }, h("span", {}, frozen.kind), Object.entries(frozen.parameters ?? {}).map(([name, value]) => h("span", {}, `${name} ${value}`)),
    fit ? h("a", { href: pageURL("fit/", { id: fit }) }, `fit ${fit.slice(0, 8)}: runs used and left out`) : null,
    provenance.dataHash ? h("span", {}, `data ${provenance.dataHash}`) : null,
    project ? h("a", { href: pageURL("figure/", { project }) }, "All frozen figures of the project") : null);
}

async function showList() {
  const { figures } = await get("frozen-figures", { project: state.project });
  fill(main, h("h1", {}, "Frozen figures"), figures.length ? h("section", { class: "card" }, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Frozen figures" }, h("table", { class: "table", id: "frozen-list" },
    h("thead", {}, h("tr", {}, ["figure", "kind", "frozen", ""].map((name) => h("th", {}, name)))),
    h("tbody", {}, figures.map((item) => h("tr", {}, h("td", { class: "name" }, h("a", { href: pageURL("figure/", { id: item.id }) }, item.title)), h("td", { class: "dim" }, item.kind),
      h("td", { title: dateTime(item.createdAt).title }, ago(item.createdAt)), h("td", {}, copyButton("Copy line for a report", `![${item.title}](figure:${item.id})`, "quiet"))))))))
    : empty("No frozen figure yet", "The menu of any figure (⋯) has “Freeze and share…”: it keeps the numbers under an address of their own.", h("p", {}, h("a", { href: pageURL("fits/", { project: state.project }) }, "Figures of the fits"))));
}

onNavigate(() => { state = readState(defaults); start(); });
start();
