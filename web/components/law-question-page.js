// A page of one question and several laws: the law is chosen above, the question asked beside the
// figures, and the address keeps both.

import { pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { errorBanner } from "./banner.js";
import { lawCards, lawPicker } from "./law-card.js";
import { LawPage } from "./law-page.js";
import { questionForm } from "./question-form.js";

/**
 * `options`: `title`; `law` the first one shown; `fields` of the question, see questionForm;
 * `formTitle`; `shows(card)` which laws may be chosen; `kinds`, `invitation`, `needs` as LawPage has
 * them.
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
    form: () => questionForm(options.formTitle, options.fields, state, change),
  });

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
    const card = cards.find((item) => item.id === state.law) ?? cards[0];
    state.law = card.id;
    fill(main, h("div", { class: "bar" }, h("h1", {}, options.title),
      h("label", { class: "pick" }, h("span", { class: "dim" }, "Law"), lawPicker(cards, card.id, (law) => change({ law })))), page.element);
    await page.show(state.project, card);
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
