// What the pages of one question share: a law is chosen, its newest fit found or made, a question
// asked, and the figures that draw it shown beneath. A law that cannot be fitted says what it needs.

import { get, pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { errorBanner } from "./banner.js";
import { adviceRivals, adviceStrip, adviceTables } from "./advice.js";
import { cautions } from "./cautions.js";
import { copyButton } from "./copy.js";
import { empty, firstRun } from "./empty.js";
import { figureCard, setCaption } from "./figure-card.js";
import { fitNow, newestFit } from "./fit-state.js";
import { fitStrip } from "./fit-strip.js";
import { equationCard, figureKinds, hasFigure, parameterTable } from "./law-card.js";

/**
 * `options`: `kinds` [[kind, title]], of which those that draw the law are shown, the first one tall;
 * `question()` the values asked; `form()` its fields; `invitation` while nothing is asked; `needs`
 * what a fit needs, in words.
 */
export class LawPage {
  notices = h("div", { class: "stack" });
  #answer = h("div", { class: "stack", id: "answer", "aria-live": "polite" });
  #rivals = h("div", { class: "stack" });
  #body = h("div", { class: "stack" });
  #options;
  #ticket = 0;
  record = null;

  constructor(options) {
    this.#options = options;
  }

  get element() {
    return this.#body;
  }

  /** Shows a law of a project: its fit, its answer, its figures. */
  async show(project, card) {
    const ticket = (this.#ticket += 1);
    fill(this.#body, this.notices);
    fill(this.notices);
    try {
      const record = await newestFit(project, card.id) ?? await fitNow(project, this.notices, card.id);
      if (ticket !== this.#ticket) return;
      this.record = record;
      await this.#lay(project, card);
      await this.ask(project, card);
    } catch (error) {
      if (ticket === this.#ticket) this.#refuse(error, project, card);
    }
  }

  /** Asks the law of the fit on the page; the figures follow the question. */
  async ask(project, card) {
    const question = this.#options.question();
    const query = { project, law: card.id, fit: this.record.id, ...question };
    this.#draw(query);
    const source = fitStrip(this.record, { project, onRefit: () => this.#refit(project, card), equation: card.equation });
    if (!Object.values(question).some(Boolean)) {
      fill(this.#answer, h("section", { class: "card pad" }, h("p", { class: "dim" }, this.#options.invitation)), source);
      fill(this.#rivals);
      return;
    }
    try {
      const advice = await get("recommendations", query);
      fill(this.#answer, cautions(advice),
        adviceStrip(advice, this.record, card, [copyButton("Copy JSON", () => JSON.stringify(advice, null, 2))]),
        h("p", { class: "statement" }, advice.statement), source);
      fill(this.#rivals, adviceRivals(advice), adviceTables(advice));
    } catch (error) {
      fill(this.#answer, errorBanner(error, () => this.ask(project, card)), source);
      fill(this.#rivals);
    }
  }

  #figures = new Map();

  async #lay(project, card) {
    const known = new Map((await figureKinds()).map((item) => [item.kind, item]));
    const shown = this.#options.kinds.filter(([kind]) => known.get(kind)?.laws.includes(card.id) && hasFigure(kind, this.record));
    this.#figures = new Map(shown.map(([kind, title], index) =>
      [kind, { ...figureCard(title, { id: kind, tall: index === 0 }), parameters: known.get(kind).parameters }]));
    const [first, ...rest] = this.#figures.values();
    const side = [this.#options.form(), equationCard(card)];
    fill(this.#body, this.notices, this.#answer,
      h("div", { class: "with-side" }, first?.card ?? h("div", {}), h("div", {}, side)),
      h("div", { class: "columns-2" }, rest.map((item) => item.card), parameterTable(this.record, card)), this.#rivals,
      h("p", {}, h("a", { href: pageURL("fits/", { project, fit: this.record.id }) }, "Can this law be trusted? Residuals, extrapolation, runs left out")));
  }

  /** Each figure is asked what it reads of the question; sizes go with tokens or not at all. */
  #draw(question) {
    for (const [kind, item] of this.#figures) {
      const isPair = Boolean(question.parameters) === Boolean(question.tokens);
      const reads = (name) => ["project", "law", "fit"].includes(name) || (item.parameters.includes(name) && (isPair || !["parameters", "tokens"].includes(name)));
      const query = Object.fromEntries(Object.entries(question).filter(([name]) => reads(name)));
      item.setSource({ kind, query });
      item.figure.load(kind, query).then(
        () => setCaption(item.caption, item.figure.spec.layout.meta.answer), () => setCaption(item.caption, ""));
    }
  }

  async #refit(project, card) {
    try {
      this.record = await fitNow(project, this.notices, card.id);
      await this.#lay(project, card);
      await this.ask(project, card);
    } catch (error) {
      fill(this.notices, errorBanner(error, () => this.#refit(project, card)));
    }
  }

  #refuse(error, project, card) {
    fill(this.#body, errorBanner(error, () => this.show(project, card)), equationCard(card));
    if (error.code !== "cannotFit") return;
    this.#body.append(empty("What a fit of this law needs", this.#options.needs, ...firstRun(project)));
  }
}
