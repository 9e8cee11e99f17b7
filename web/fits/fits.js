// Fits: can this law be trusted, and outside its data?

import "../components/nav.js";
import { errorBanner } from "../components/banner.js";
import { empty, firstRun } from "../components/empty.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { fitRuns } from "../components/fit-state.js";
import { diagnosticsCard, equationCard, figureKinds, hasFigure, lawCards, lawPicker, parameterTable, saysSomething } from "../components/law-card.js";
import { leftOutCard } from "../components/left-out.js";
import { get, pageURL, send } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { ago, plural } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { trustStrip } from "./board.js";
import { fitList } from "./list.js";
import { differenceTable, ledgerCard, scoreTable } from "./trust.js";

const defaults = { project: "", fit: "", other: "" };
// What a fit is judged by; the figures of a law's own question are on its page, if it has one.
const judging = [
  "rate-over-width", "transfer-by-group", "model-selection", "stack-weights", "residual-board", "extrapolation-ladder",
  "regret-by-cell", "parameter-drift", "law-comparison",
];
const pause = 1500;
const main = byID("main");
let state = readState(defaults);
let cards = [];
let kinds = [];
let fits = [];
let timer = 0;

const notices = h("div", { class: "stack" });
const listPlace = h("div", { class: "stack" });
const detail = h("div", { class: "stack", id: "fit" });

async function start() {
  if (!state.project) {
    location.replace(pageURL(""));
    return;
  }
  fill(main, h("div", { class: "bar" }, h("h1", {}, "Fits"), h("span", { class: "spacer" }), h("span", { id: "fit-new", class: "bar" })), notices, listPlace, detail);
  try {
    [cards, kinds] = await Promise.all([lawCards(), figureKinds()]);
    fill(byID("fit-new"), newFit());
    await refresh();
    await show();
  } catch (error) {
    fill(notices, errorBanner(error, start));
  }
  markReady();
}

function newFit() {
  const fitted = cards.filter((card) => card.kind === "fitted");
  const picker = lawPicker(fitted, fitted[0]?.id, () => {});
  return [picker, h("button", {
    type: "button", class: "button primary", id: "fit-now",
    on: { click: () => act(async () => {
      const job = await send("POST", "fits", { project: state.project, law: picker.value });
      await choose(job.id);
    }) },
  }, "Fit this law")];
}

async function act(action) {
  try {
    fill(notices);
    await action();
    await refresh();
  } catch (error) {
    fill(notices, errorBanner(error));
  }
}

/** The list again; while something is being fitted, again and again. */
async function refresh() {
  clearTimeout(timer);
  const before = fits.find((fit) => fit.id === state.fit)?.status;
  fits = (await get("fits", { project: state.project })).fits;
  const focused = document.activeElement?.closest?.("#fits tr")?.dataset.id;
  fill(listPlace, fits.length ? [trustStrip(fits, cards), fitList(fits, cards, state.fit, choose, stopped)]
    : empty("No fit yet", "Choose a law and fit it to this project's finished runs; the page says how far the answer can be trusted.", firstRun(state.project)));
  if (focused) document.querySelector(`#fits tr[data-id="${focused}"] button`)?.focus();
  const now = fits.find((fit) => fit.id === state.fit)?.status;
  if (before && now !== before) await show();
  if (fits.some((fit) => fit.status === "queued" || fit.status === "running")) {
    timer = setTimeout(() => act(() => {}), pause);
  }
}

function stopped(error) {
  act(() => { if (error) throw error; });
}

async function choose(id) {
  Object.assign(state, { fit: id, other: "" });
  writeState(state, defaults, { push: true });
  await refresh();
  await show();
}

async function show() {
  const finished = fits.filter((fit) => fit.status === "finished");
  const id = state.fit || (finished[0] ?? fits[0])?.id;
  if (!id) return;
  let record;
  try {
    record = await get(`fits/${id}`);
  } catch (error) {
    fill(detail, errorBanner(error, show));
    return;
  }
  const card = cards.find((item) => item.id === record.law);
  if (record.status !== "finished") {
    fill(detail, record.error ? errorBanner(record.error) : null, card ? equationCard(card) : null);
    return;
  }
  await lay(record, card);
}

async function lay(record, card) {
  const { choices } = record.fit?.crossValidation?.interpolated ? await import("../lr-batch/evidence.js") : { choices: null };
  const scores = choices ? choices(record.fit) : scoreTable(record.fit ?? {});
  const ledger = h("div", { class: "stack" });
  const figures = kinds.filter(({ kind, laws }) => judging.includes(kind) && laws.includes(record.law) && hasFigure(kind, record))
    .map(({ kind, title }) => ({ kind, ...figureCard(title, { id: kind, source: { kind, query: { fit: record.id } } }) }));
  fill(detail, h("h2", {}, `${card.title}, `, h("span", { class: "dim" }, `${plural(fitRuns(record).used, "run")}, fitted ${ago(record.finishedAt)}`), " ",
    h("a", { id: "fit-page", href: pageURL("fit/", { project: state.project, id: record.id }) }, "runs used and left out")),
    h("div", { class: "columns-3" }, equationCard(card), parameterTable(record, card), diagnosticsCard(record)),
    h("div", { class: "columns-2" }, figures.map((item) => item.card), scores, difference(record)),
    leftOutCard(record.fit ?? {}, state.project), ledger);
  for (const { kind, figure, caption, card: place } of figures) {
    figure.load(kind, { fit: record.id, project: state.project }).then(() => {
      setCaption(caption, figure.spec.layout.meta.answer);
      place.hidden = !saysSomething(kind, figure.spec);
    }, () => {});
  }
  showLedger(ledger);
}

/** Another fit of the same law, chosen from a list, beside this one. */
function difference(record) {
  const others = fits.filter((fit) => fit.law === record.law && fit.status === "finished" && fit.id !== record.id);
  if (!others.length) return null;
  const place = h("div", {});
  const select = h("select", { class: "text-input", "aria-label": "Fit to compare with", on: { change } },
    others.map((fit) => h("option", { value: fit.id }, `${ago(fit.finishedAt)}, ${plural(fit.runCount ?? 0, "run")}${fit.where ? `, ${fit.where}` : ""}`)));
  if (others.some((fit) => fit.id === state.other)) select.value = state.other;

  function change() {
    state.other = select.value;
    writeState(state, defaults);
    compare(select.value);
  }

  async function compare(id) {
    try {
      fill(place, differenceTable(await get(`fits/${record.id}/diff`, { other: id })));
    } catch (error) {
      fill(place, errorBanner(error, () => compare(id)));
    }
  }
  compare(select.value);
  return h("section", { class: "card" }, h("header", {}, h("h3", {}, "What changed since"), h("span", { class: "pick" }, select)), place);
}

async function showLedger(place) {
  try {
    fill(place, ledgerCard(await get("predictions", { project: state.project })));
  } catch (error) {
    fill(place, errorBanner(error, () => showLedger(place)));
  }
}

onNavigate(() => { state = readState(defaults); act(show); });
start();
