// A page of one question and several laws: the law is chosen above, the question asked beside the
// figures, and the address keeps both.

import { get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { errorBanner, note } from "./banner.js";
import { lawCards, lawPicker } from "./law-card.js";
import { LawPage } from "./law-page.js";
import { questionForm, shown } from "./question-form.js";

/**
 * `options`: `title`; `law` the first one shown; `fields` of the question, see questionForm;
 * `formTitle`; `shows(card)` which laws may be chosen; `instead` laws that are tried in turn where the
 * first one cannot be fitted and the address names none; `kinds`, `invitation`, `needs`, `preset`,
 * `dial` as LawPage has them.
 */
export function lawQuestionPage(options) {
  const asked = options.fields.map(([name]) => name);
  const defaults = { project: "", law: options.law, ...Object.fromEntries(asked.map((name) => [name, ""])) };
  const main = byID("main");
  let state = readState(defaults);
  let cards = [];

  const page = new LawPage({
    ...options,
    question: () => Object.fromEntries(asked.map((name) => [name, state[name]])),
    form,
    turn,
  });

  /** What the page asks by itself stands in its field as what may be written there. */
  function form(question) {
    const fields = options.fields.map(([name, label, example, hint]) => [name, label, shown(question[name]) || example, hint]);
    return questionForm(options.formTitle, fields, state, change);
  }

  async function start() {
    if (!state.project) {
      location.replace(pageURL(""));
      return;
    }
    try {
      cards = (await lawCards()).filter((card) => card.kind === "fitted" && options.shows(card));
      await show();
    } catch (error) {
      fill(main, errorBanner(error, start));
    }
    markReady();
  }

  async function show() {
    const isNamed = new URLSearchParams(location.search).has("law");
    const first = cards.find((item) => item.id === state.law) ?? cards[0];
    const others = isNamed ? [] : cards.filter((item) => options.instead?.includes(item.id));
    const picker = lawPicker(cards, first.id, (law) => change({ law }));
    state.law = first.id;
    fill(main, h("div", { class: "bar" }, h("h1", {}, options.title), h("label", { class: "pick" }, h("span", { class: "dim" }, "Law"), picker)), page.element);
    const refused = await knownRefusal(first, others) ?? await page.show(state.project, first);
    for (const card of refused?.code === "cannotFit" ? others : []) {
      if (await page.show(state.project, card)) continue;
      state.law = picker.value = card.id;
      fill(page.notices, note(`${first.title}: ${refused.message} Shown instead: ${card.title}.`));
      return;
    }
    if (refused && others.length) await page.refuse(refused, state.project, first);
  }

  /** Runs that did not determine the first law will not while none has come since; others need a fit already. */
  async function knownRefusal(first, others) {
    if (!others.length) return null;
    const [{ fits }, { lastActivity = 0 }] = await Promise.all([get("fits", { project: state.project }), get(`projects/${encodeURIComponent(state.project)}`)]);
    const last = fits.find((fit) => fit.law === first.id);
    const isFitted = fits.some((fit) => fit.status === "finished" && others.some((card) => card.id === fit.law));
    return isFitted && last?.status === "failed" && last.createdAt > lastActivity ? last.error : null;
  }

  /** The address and the form follow the dial; the page asks by itself. */
  function turn(question, isMoving) {
    Object.assign(state, question);
    for (const field of asked) main.querySelector(`form [name=${field}]`).value = shown(state[field]);
    if (!isMoving) writeState(state, defaults, { push: true });
  }

  function change(values) {
    const law = state.law;
    Object.assign(state, values);
    writeState(state, defaults, { push: true });
    if (state.law === law) page.ask(state.project, cards.find((card) => card.id === law));
    else show();
  }

  onNavigate(() => { state = readState(defaults); show(); });
  start();
}
