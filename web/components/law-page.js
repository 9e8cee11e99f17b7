// What the pages of one question share: a law is chosen, its newest fit found or made, a question
// asked, and the figures that draw it shown beneath. A law that cannot be fitted says what it needs.

import { get, pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { errorBanner } from "./banner.js";
import { adviceRivals, adviceStrip, adviceTables } from "./advice.js";
import { cautions } from "./cautions.js";
import { copyButton } from "./copy.js";
import { fitNow, newestFit } from "./fit-state.js";
import { fitStrip } from "./fit-strip.js";
import { equationCard, figureKinds, hasFigure, parameterTable } from "./law-card.js";

/**
 * `options`: `kinds` [[kind, title]], of which those that draw the law are shown, the first one tall;
 * `question()` the values asked; `form(question)` its fields, which say what the page asked by itself;
 * `invitation` while nothing is asked; `needs` what a fit needs, in words; `preset(fit)` what is asked
 * while the address asks nothing, or null; `dial(fit)` one value of the question as a slider, see
 * dial.js, or null, and `turn(question, isMoving)` hears what it asks.
 */
export class LawPage {
  notices = h("div", { class: "stack" });
  #numbers = h("div", { class: "stack", "aria-live": "polite" });
  #dial = h("div", { class: "stack" });
  #words = h("div", { class: "stack" });
  // What is to be known of the fit stands beneath the numbers and never before them.
  #answer = h("div", { class: "stack", id: "answer" }, this.#numbers, this.#dial, this.notices, this.#words);
  #rivals = h("div", { class: "in-grid" });
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

  /** Shows a law of a project: its fit, its answer, its figures. Answers the error that kept it from that. */
  async show(project, card) {
    const ticket = (this.#ticket += 1);
    for (const place of [this.#numbers, this.#dial, this.notices, this.#words]) fill(place);
    fill(this.#body, this.#answer);
    try {
      const record = await newestFit(project, card.id) ?? await fitNow(project, this.notices, card.id);
      if (ticket !== this.#ticket) return null;
      this.record = record;
      await this.#show(project, card);
    } catch (error) {
      if (ticket === this.#ticket) await this.refuse(error, project, card);
      return error;
    }
    return null;
  }

  /** The answer first; what draws and explains it is fetched after it. */
  async #show(project, card) {
    const ticket = this.#ticket;
    this.#figures = null;
    fill(this.#dial);
    fill(this.#body, this.#answer);
    await this.ask(project, card);
    if (ticket !== this.#ticket) return;
    await this.#lay(project, card).catch((error) =>
      fill(this.#body, this.#answer, errorBanner(error, () => this.#show(project, card))));
  }

  /** Asks the law of the fit on the page; the figures follow the question, but not while a dial moves. */
  async ask(project, card, { isMoving = false } = {}) {
    const own = this.#options.question();
    const isAsked = Object.values(own).some(Boolean);
    const question = isAsked ? own : this.#options.preset?.(this.record.fit ?? {}) ?? own;
    const query = { project, law: card.id, fit: this.record.id, ...question };
    this.#question = question;
    const ticket = (this.#asked += 1);
    if (!isMoving) this.#follow(project, card);
    const source = fitStrip(this.record, { project, onRefit: () => this.#refit(project, card) });
    const invite = () => {
      fill(this.#numbers, h("section", { class: "card pad" }, h("p", { class: "dim" }, this.#options.invitation)));
      fill(this.#words, source);
      fill(this.#rivals);
    };
    if (!Object.values(question).some(Boolean)) {
      invite();
      return;
    }
    try {
      const advice = await get("recommendations", query);
      if (ticket !== this.#asked) return;
      fill(this.#numbers, adviceStrip(advice, this.record, card, [copyButton("Copy sentence", () => advice.statement), copyButton("Copy JSON", () => JSON.stringify(advice, null, 2))]));
      fill(this.#words, cautions(advice), source);
      fill(this.#rivals, adviceRivals(advice), adviceTables(advice));
    } catch (error) {
      if (ticket !== this.#asked) return;
      // A question that the page put by itself may not suit the law.
      if (!isAsked && error.status >= 400 && error.status < 500) {
        invite();
        return;
      }
      fill(this.#numbers, errorBanner(error, () => this.ask(project, card)));
      fill(this.#words, source);
      fill(this.#rivals);
    }
  }

  async #layDial(project, card) {
    const question = this.#question;
    const found = this.#options.dial?.(this.record.fit ?? {});
    if (!found || this.#dial.contains(document.activeElement)) return;
    const value = Number(question[found.name]) || null;
    if (value === null) {
      fill(this.#dial);
      return;
    }
    const range = { low: Math.min(found.low, value), high: Math.max(found.high, value) };
    const turn = (isMoving) => (next) => {
      this.#options.turn({ ...question, [found.name]: next }, isMoving);
      this.ask(project, card, { isMoving });
    };
    const { dial } = await import("./dial.js");
    fill(this.#dial, dial({ ...found, ...range }, value, turn(true), turn(false)));
  }

  #asked = 0;
  #question = {};
  #figures = null;

  async #lay(project, card) {
    const [kinds, { figureCard, setCaption }] = await Promise.all([figureKinds(), import("./figure-card.js")]);
    const known = new Map(kinds.map((item) => [item.kind, item]));
    const shown = this.#options.kinds.filter(([kind]) => known.get(kind)?.laws.includes(card.id) && hasFigure(kind, this.record));
    this.#figures = new Map(shown.map(([kind, title], index) =>
      [kind, { ...figureCard(title, { id: kind, tall: index === 0 }), setCaption, parameters: known.get(kind).parameters }]));
    const [first, ...rest] = this.#figures.values();
    const side = [this.#options.form(this.#question), equationCard(card), h("div", { class: "side-table" }, parameterTable(this.record, card))];
    fill(this.#body, this.#answer,
      h("div", { class: "with-side" }, first?.card ?? h("div", {}), h("div", {}, side)),
      h("div", { class: "columns-2" }, rest.map((item) => item.card), this.#rivals),
      h("p", {}, h("a", { href: pageURL("fits/", { project, fit: this.record.id }) }, "Can this law be trusted? Residuals, extrapolation, runs left out")));
    this.#follow(project, card);
  }

  /** Figures and dial show what is asked, once they are there. */
  #follow(project, card) {
    if (!this.#figures) return;
    this.#draw({ project, law: card.id, fit: this.record.id, ...this.#question });
    this.#layDial(project, card);
  }

  /** Each figure is asked what it reads of the question; sizes go with tokens or not at all. */
  #draw(question) {
    for (const [kind, item] of this.#figures) {
      const isPair = Boolean(question.parameters) === Boolean(question.tokens);
      const reads = (name) => ["project", "law", "fit"].includes(name) || (item.parameters.includes(name) && (isPair || !["parameters", "tokens"].includes(name)));
      const query = Object.fromEntries(Object.entries(question).filter(([name]) => reads(name)));
      item.setSource({ kind, query });
      item.figure.load(kind, query).then(
        () => item.setCaption(item.caption, item.figure.spec.layout.meta.answer), () => item.setCaption(item.caption, ""));
    }
  }

  async #refit(project, card) {
    try {
      this.record = await fitNow(project, this.notices, card.id);
      await this.#show(project, card);
    } catch (error) {
      fill(this.notices, errorBanner(error, () => this.#refit(project, card)));
    }
  }

  async refuse(error, project, card) {
    fill(this.#body, errorBanner(error, () => this.show(project, card)), equationCard(card));
    if (error.code !== "cannotFit") return;
    const { needs } = await import("./empty.js");
    this.#body.append(...needs("What a fit of this law needs", this.#options.needs, { project, law: card.id, question: this.#options.question() }));
  }
}
