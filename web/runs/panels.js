// The grid of panels: one a metric, the difference to the pinned run, and a dot a run.

import { figureCard } from "../components/figure-card.js";
import { fill, h } from "../lib/dom.js";
import { clipChip, Panel } from "./panel.js";

const panelsAtFirst = 4;

export class Panels {
  #model;
  #events;
  #panels = new Map();
  #scatter = null;
  #scattered = { runs: null, length: 0 };
  #delta = null;
  /** Modules that only some views need, once they came. */
  #parts = {};
  element = h("div", { class: "panels" });

  /**
   * `events`: onHover(run id or null), onOpen(run id), onZoom({from, to}), onScale(values); `hasScatter`
   * false for a page about few runs
   */
  constructor(model, events) {
    this.#model = model;
    this.#events = events;
  }

  /** Names of the metrics that have a panel: the address's, else losses first. */
  get metrics() {
    const { metrics, state } = this.#model;
    if (state.metrics.length) return state.metrics;
    const own = metrics.some((metric) => metric.kind !== "system") ? metrics.filter((metric) => metric.kind !== "system") : metrics;
    return own.toSorted((a, b) => rank(b) - rank(a) || a.name.localeCompare(b.name))
      .slice(0, panelsAtFirst).map((metric) => metric.name);
  }

  async show() {
    await this.prepare();
    const wanted = this.#model.hasCurves ? this.metrics : [];
    for (const name of [...this.#panels.keys()]) if (!wanted.includes(name)) this.#panels.delete(name);
    this.element.classList.toggle("single", !this.#model.hasCurves);
    const cards = wanted.map((name) => this.#panel(name).card);
    const scatter = this.#showScatter();
    const all = [...cards, ...(scatter ? [scatter] : [])];
    const present = [...this.element.children].filter((card) => card !== this.#delta?.card);
    const same = all.length === present.length && all.every((card, index) => present[index] === card);
    if (!same) fill(this.element, all);
    await Promise.allSettled(wanted.map((name) => this.#panels.get(name).fetch(this.#model.shown, this.#groups)));
    this.#placeDelta();
  }

  /** Redraws from what is already here: scales, smoothing, colours. */
  async redraw() {
    await this.prepare();
    for (const panel of this.#panels.values()) panel.draw(this.#groups);
    this.#placeDelta();
    this.#showScatter();
  }

  append(streamed) {
    const { shown } = this.#model;
    for (const points of streamed) {
      const panel = this.#panels.get(points.metric);
      const isDrawn = this.#groups || (this.#model.run(points.run) && shown.includes(points.run));
      if (panel && isDrawn) panel.append(points, shown, this.#groups);
    }
  }

  /** The line of the first panel, for a trend in the table; nothing for runs that are not drawn. */
  trend(id) {
    return this.#panels.get(this.metrics[0])?.series.get(id)?.last ?? null;
  }

  /** Draws the lines of one run bold in every panel, or none. */
  emphasize(id) {
    for (const panel of this.#panels.values()) panel.figure.emphasize(id);
  }

  /** Fetches the modules that the view calls for. */
  async prepare() {
    const { state } = this.#model;
    const load = async (name, isNeeded, path) => { if (isNeeded) this.#parts[name] ??= await path(); };
    await Promise.all([
      load("groups", state.group, () => import("./groups.js")),
      load("delta", state.pin && this.#hasScatter, () => import("../compare/delta-figure.js")),
      load("scatter", this.#hasScatter, () => import("./scatter.js")),
    ]);
  }

  get #groups() {
    return this.#model.state.group ? this.#parts.groups : null;
  }

  get #hasScatter() {
    return this.#events.hasScatter !== false;
  }

  /** Drawn anew when the list of runs is another: thousands of dots take a while. */
  #showScatter() {
    const { runs, state } = this.#model;
    const isSame = this.#scattered.runs === runs && this.#scattered.length === runs.length && this.#scattered.clip === state.clip;
    if (isSame) return this.#scattered.card;
    this.#scattered = { runs, length: runs.length, clip: state.clip, card: this.#makeScatter() };
    return this.#scattered.card;
  }

  #makeScatter() {
    const spec = this.#hasScatter ? this.#parts.scatter.scatterSpec(this.#model) : null;
    if (!spec) return null;
    if (!this.#scatter) {
      const clip = clipChip(this.#model, this.#events);
      this.#scatter = { clip, ...figureCard("Final loss over learning rate", { id: "final-loss", tall: !this.#model.hasCurves, extra: [clip.chip] }) };
      this.#scatter.figure.addEventListener("il-hover", (event) => this.#events.onHover(event.detail?.customdata ?? null));
      this.#scatter.figure.addEventListener("il-click", (event) => this.#events.onOpen(event.detail.customdata));
    }
    this.#scatter.clip.show(spec.layout.meta.outliers);
    this.#scatter.caption.textContent = spec.layout.meta.summary;
    this.#scatter.figure.spec = spec;
    return this.#scatter.card;
  }

  #panel(name) {
    if (!this.#panels.has(name)) {
      const onCross = (x, from) => {
        for (const panel of this.#panels.values()) if (panel !== from) panel.figure.showCross(x);
      };
      const onHover = (id) => { this.emphasize(id); this.#events.onHover(id); };
      this.#panels.set(name, new Panel(name, this.#model, { ...this.#events, onCross, onHover }));
    }
    return this.#panels.get(name);
  }

  /** What the pinned run would be subtracted from: the drawn runs, in the first panel's metric. */
  #showDelta() {
    const { state, shown } = this.#model;
    const first = this.#panels.get(this.metrics[0]);
    const base = this.#hasScatter ? this.#model.run(state.pin) : null;
    if (!base || !first || state.group || !first.series.has(base.id)) return null;
    this.#delta ??= figureCard("", { id: "minus-base" });
    const runs = [base, ...shown.filter((id) => id !== base.id).map((id) => this.#model.run(id))].filter(Boolean);
    const made = this.#parts.delta.deltaSpec({ runs, base, lines: first.series, metric: first.name, state, colorOf: (id) => this.#model.look(id).color, hasLegend: false });
    this.#delta.heading.textContent = `${first.name} − ${base.name}`;
    this.#delta.caption.textContent = "at the same x, moving mean";
    if (made.spec) this.#delta.figure.spec = made.spec;
    return made.spec ? this.#delta.card : null;
  }

  /** Under the panel whose lines it subtracts. */
  #placeDelta() {
    const card = this.#showDelta();
    const first = this.#panels.get(this.metrics[0]);
    if (!card) this.#delta?.card.remove();
    else if (first.card.nextSibling !== card) first.card.after(card);
  }
}

function rank({ name, runs }) {
  const held = /val|eval|test/i.test(name) ? 1 : 0;
  return (/loss|nll|perplexity/i.test(name) ? 1e6 + held * 1e5 : 0) + (runs ?? 0);
}
