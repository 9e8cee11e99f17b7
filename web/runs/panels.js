// The grid of curve panels: each fetches its own series, fails alone, and follows the stream.

import { figureCard } from "../components/figure-card.js";
import { apiURL, get } from "../lib/api.js";
import { debounce, fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { deltaSpec } from "../compare/delta-figure.js";
import { finiteLine } from "../compare/paired.js";
import { appendPoints, panelSpec, readSeries } from "./curves.js";
import { groupedAtMost, groupKey, groupsOf, groupSpec } from "./groups.js";
import { scatterSpec } from "./scatter.js";

const buckets = 300;
const groupBuckets = 120;
const runsAtOnce = 100;
const panelsAtFirst = 4;
const slowest = 2000;

export class Panels {
  #model;
  #events;
  #panels = new Map();
  #scatter = null;
  #delta = null;
  element = h("div", { class: "panels" });

  /** `events`: onHover(run id or null), onOpen(run id), onZoom({from, to}); `hasScatter` false for a page about few runs */
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
    const wanted = this.#model.hasCurves ? this.metrics : [];
    for (const name of [...this.#panels.keys()]) if (!wanted.includes(name)) this.#panels.delete(name);
    this.element.classList.toggle("single", !this.#model.hasCurves);
    const cards = wanted.map((name) => this.#panel(name).card);
    const scatter = this.#showScatter();
    const all = [...cards, ...(scatter ? [scatter] : [])];
    const present = [...this.element.children].filter((card) => card !== this.#delta?.card);
    const same = all.length === present.length && all.every((card, index) => present[index] === card);
    if (!same) fill(this.element, all);
    await Promise.allSettled(wanted.map((name) => this.#fetch(this.#panels.get(name))));
    this.#placeDelta();
  }

  /** Redraws from what is already here: scales, smoothing, colours. */
  redraw() {
    for (const panel of this.#panels.values()) this.#draw(panel);
    this.#placeDelta();
    this.#showScatter();
  }

  /** Live points; those that come while a panel is loading wait for it. */
  append(streamed) {
    for (const points of streamed) {
      const panel = this.#panels.get(points.metric);
      const run = this.#model.run(points.run);
      if (!panel || !run || !this.#needed.includes(points.run)) continue;
      if (panel.held) {
        panel.held.push(points);
        continue;
      }
      let series = panel.series.get(points.run);
      if (!series) {
        series = { run: points.run, x: [], last: [], min: [], max: [], count: [], appended: 0 };
        panel.series.set(points.run, series);
      }
      const simple = appendPoints(series, points, this.#model.state.x, run);
      this.#schedule(panel, simple);
    }
  }

  /** The line of the first panel, for a trend in the table; nothing for runs that are not drawn. */
  trend(id) {
    return this.#panels.get(this.metrics[0])?.series.get(id)?.last ?? null;
  }

  showCross(x, from) {
    for (const panel of this.#panels.values()) if (panel.figure !== from) panel.figure.showCross(x);
  }

  #showScatter() {
    const spec = this.#events.hasScatter === false ? null : scatterSpec(this.#model);
    if (!spec) return null;
    if (!this.#scatter) {
      this.#scatter = figureCard("Final loss over learning rate", { id: "final-loss", tall: !this.#model.hasCurves });
      this.#scatter.figure.addEventListener("il-hover", (event) => this.#events.onHover(event.detail?.customdata ?? null));
      this.#scatter.figure.addEventListener("il-click", (event) => this.#events.onOpen(event.detail.customdata));
    }
    this.#scatter.caption.textContent = spec.layout.meta.summary;
    this.#scatter.figure.spec = spec;
    return this.#scatter.card;
  }

  #panel(name) {
    const old = this.#panels.get(name);
    if (old) return old;
    const chip = h("button", { type: "button", class: "chip", hidden: true, on: { click: () => this.#events.onZoom({ from: "", to: "" }) } }, "new data");
    const panel = { name, chip, series: new Map(), request: null, timer: 0, held: null, ...figureCard(name, { extra: [chip] }) };
    const { figure } = panel;
    figure.addEventListener("il-hover", (event) => {
      this.showCross(event.detail?.x ?? null, figure);
      this.#events.onHover(event.detail?.customdata ?? null);
    });
    figure.addEventListener("il-zoom", debounce(150, (event) => this.#zoom(event.detail)));
    this.#panels.set(name, panel);
    return panel;
  }

  /** `range`: both ends on the axis as the library counts, or nothing for all. */
  #zoom(range) {
    const { state } = this.#model;
    if (!range) {
      this.#events.onZoom({ from: "", to: "" });
      return;
    }
    const number = (end) => {
      if (state.x === "time") return typeof end === "number" ? end : Date.parse(`${end}Z`.replace(" ", "T"));
      return state.logx ? 10 ** end : end;
    };
    const [from, to] = range.map((end) => String(Number(number(end).toPrecision(state.x === "time" ? 16 : 5))));
    this.#events.onZoom({ from, to });
  }

  async #fetch(panel) {
    const { state } = this.#model;
    const shown = this.#needed;
    panel.request?.abort();
    panel.request = new AbortController();
    if (!shown.length) {
      panel.series.clear();
      panel.held = null;
      return this.#draw(panel);
    }
    panel.held = [];
    const scale = state.x === "time" ? 1000 : 1;
    const limits = state.from && state.to ? { from: state.from * scale, to: state.to * scale } : {};
    try {
      const { signal } = panel.request;
      const parts = await Promise.all(slices(shown, runsAtOnce).map((runs) => get("series", {
        runs: runs.join(","), metrics: panel.name, x: state.x, buckets: state.group ? groupBuckets : buckets, ...limits,
      }, { signal })));
      panel.series = new Map(parts.flatMap((part) => part.series).map((series) => [series.run, readSeries(series, state.x)]));
      for (const { run, source } of parts.flatMap((part) => part.sources ?? [])) {
        const series = panel.series.get(run);
        if (series) series.source = source;
      }
      panel.setSource({ csv: apiURL("series/export", { runs: shown.join(","), metrics: panel.name, format: "csv" }) });
      panel.leftOut = parts.flatMap((part) => part.leftOut ?? []);
      this.#draw(panel);
    } catch (error) {
      if (error.name === "AbortError") return;
      panel.caption.textContent = error.message;
    }
    const held = panel.held ?? [];
    panel.held = null;
    this.append(held);
  }

  #draw(panel) {
    const { state, shown } = this.#model;
    if (state.group) {
      this.#drawGroups(panel);
      return;
    }
    const list = shown.filter((id) => panel.series.get(id)?.x.length && this.#model.run(id)).map((id) => ({
      series: panel.series.get(id), run: this.#model.run(id), colorIndex: this.#model.colorIndex(id),
      bold: id === state.pin || id === state.open,
    }));
    const reasons = [...new Set((panel.leftOut ?? []).map((item) => item.reason))];
    const lacking = shown.length - list.length;
    panel.caption.textContent = plural(list.length, "run") + (lacking ? ` · ${lacking} without it` : "")
      + (reasons.length ? `: ${reasons.slice(0, 2).join("; ")}` : "");
    list.sort((a, b) => Number(a.bold) - Number(b.bold));
    panel.chip.hidden = !(state.from && list.some(({ series }) => series.x.at(-1) > Number(state.to)));
    panel.figure.spec = panelSpec(panel.name, list, state);
  }

  #drawGroups(panel) {
    const { state, runs } = this.#model;
    const lines = new Map([...panel.series].map(([id, series]) => [id, finiteLine(series)]));
    const groups = groupsOf(runs, state.group);
    fill(panel.caption, groupKey(groups, lines, state), runs.length > groupedAtMost ? ` · the first ${groupedAtMost} runs` : "");
    panel.chip.hidden = true;
    panel.figure.spec = groupSpec(panel.name, groups, lines, state);
  }

  /** What the pinned run would be subtracted from: the drawn runs, in the first panel's metric. */
  #showDelta() {
    const { state, shown } = this.#model;
    const first = this.#panels.get(this.metrics[0]);
    const base = this.#events.hasScatter === false ? null : this.#model.run(state.pin);
    if (!base || !first || state.group || !first.series.has(base.id)) return null;
    this.#delta ??= figureCard("", { id: "minus-base" });
    const runs = [base, ...shown.filter((id) => id !== base.id).map((id) => this.#model.run(id))].filter(Boolean);
    const made = deltaSpec({ runs, base, lines: first.series, metric: first.name, state, colorOf: (id) => this.#model.colorIndex(id), hasLegend: false });
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

  get #needed() {
    return this.#model.needed ?? this.#model.shown;
  }

  #schedule(panel, simple) {
    panel.refetch ||= !simple;
    if (panel.timer) return;
    panel.timer = setTimeout(() => {
      panel.timer = 0;
      if (panel.refetch || this.#model.state.group) this.#fetch(panel);
      else this.#draw(panel);
      panel.refetch = false;
    }, panel.drawn ? slowest : 300);
    panel.drawn = true;
  }
}

function rank({ name, runs }) {
  const held = /val|eval|test/i.test(name) ? 1 : 0;
  return (/loss|nll|perplexity/i.test(name) ? 1e6 + held * 1e5 : 0) + (runs ?? 0);
}

function slices(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}
