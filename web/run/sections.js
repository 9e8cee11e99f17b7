// Panels of one run in sections: training, evaluation, domains together, the machine.

import { errorLine } from "../components/banner.js";
import { figureCard } from "../components/figure-card.js";
import { apiURL, get } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { seriesLook } from "../lib/theme.js";
import { panelSpec, readSeries, writePlace } from "../runs/curves.js";
import { Panels } from "../runs/panels.js";
import { listValues } from "../runs/tip.js";
import { domainsOf, sectionsOf } from "./metric-sections.js";

const shownAtFirst = 6;
const buckets = 300;
const pause = 4000;

export class Sections {
  #run;
  #state;
  #events;
  #parts = [];
  element = h("div", { class: "stack" });

  /** `events`: onZoom({from, to}), onScale({clip} or {otherlog}), onOpen(ids) and `opened`, the sections that are shown whole. */
  constructor(run, state, events) {
    this.#run = run;
    this.#state = state;
    this.#events = events;
    this.#parts = sectionsOf(Object.keys(run.metrics ?? {})).map((section) => this.#part(section));
    fill(this.element, this.#parts.length ? this.#parts.map((part) => part.element)
      : h("section", { class: "card pad" }, h("p", { class: "dim" }, "This run has logged no metric yet.")));
  }

  show() {
    for (const part of this.#parts) if (part.element.open) part.show();
  }

  redraw() {
    for (const part of this.#parts) part.redraw();
  }

  update(state, needsPoints) {
    this.#state = state;
    if (needsPoints) this.show();
    else this.redraw();
  }

  append(streamed) {
    for (const part of this.#parts) if (part.element.open && streamed.length) part.append(streamed);
  }

  #part(section) {
    const content = section.together ? this.#together(section) : this.#grid(section);
    const closed = section.id === "system" && !this.#events.opened.includes("system");
    const element = h("details", { class: "section", id: `section-${section.id}`, open: !closed },
      h("summary", {}, h("h2", {}, section.title), h("small", { class: "dim" }, plural(section.metrics.length, "metric"))), content.element);
    element.addEventListener("toggle", () => element.open && content.show());
    return { ...content, element };
  }

  /** One panel a metric, as on the Runs page; a long section shows its first ones. */
  #grid(section) {
    const isWhole = () => this.#events.opened.includes(section.id) || section.metrics.length <= shownAtFirst;
    const names = () => (isWhole() ? section.metrics : section.metrics.slice(0, shownAtFirst));
    const panels = new Panels(this.#model(names), { hasScatter: false, onHover() {}, onOpen() {}, onZoom: this.#events.onZoom, onScale: this.#events.onScale });
    const more = h("button", { type: "button", class: "chip", hidden: isWhole(), on: { click: () => {
      this.#events.opened.push(section.id);
      this.#events.onOpen(this.#events.opened);
      more.hidden = true;
      panels.show();
    } } }, `${section.metrics.length - shownAtFirst} more`);
    return { element: h("div", { class: "stack" }, panels.element, more), show: () => panels.show(), redraw: () => panels.redraw(), append: (points) => panels.append(points) };
  }

  /** What `Panels` asks of the Runs page, for one run. */
  #model(names) {
    const own = this;
    const run = this.#run;
    return {
      get state() { return { ...own.#state, metrics: names(), pin: "", open: "", q: run.id }; },
      metrics: [], runs: [run], next: null, shown: [run.id], hasCurves: true,
      run: (id) => (id === run.id ? run : undefined), look: () => seriesLook(parseInt(run.id.slice(-6), 16) % 8),
    };
  }

  /** All domains as lines of one figure. */
  #together(section) {
    const run = this.#run;
    const { prefix } = section;
    const query = { runs: run.id, metrics: section.metrics.join(",") };
    const item = figureCard(prefix, { id: `domains-${section.id}`, source: { csv: apiURL("series/export", { ...query, format: "csv" }) } });
    listValues(item.figure, (x) => writePlace(this.#state.x, x));
    let series = [];
    let timer = 0;
    const draw = () => {
      const list = series.map((one, index) => ({ series: readSeries(one, this.#state.x), run: { id: one.metric, name: one.metric.slice(prefix.length + 1) }, look: seriesLook(index), bold: false }));
      const spec = panelSpec(prefix, list, { ...this.#state, q: run.id, clip: false });
      for (const trace of spec.data) trace.showlegend = trace.mode !== undefined && !["range", "lost"].includes(trace.meta?.role) && trace.hoverinfo !== "skip";
      Object.assign(spec.layout, { showlegend: true, legend: { orientation: "h", y: -0.22 }, margin: { l: 48, r: 12, t: 6, b: 60 } });
      spec.layout.meta.summary = `${prefix} by domain of ${run.name}: ${domainsOf(section).slice(0, 12).join(", ")}`;
      item.figure.spec = spec;
      item.caption.textContent = plural(list.length, "domain");
    };
    const show = async () => {
      const { from, to, x } = this.#state;
      const scale = x === "time" ? 1000 : 1;
      const limits = from && to ? { from: from * scale, to: to * scale } : {};
      try {
        const answer = await get("series", { ...query, x, buckets, ...limits });
        series = answer.series;
        draw();
        if (answer.leftOut?.length) item.caption.textContent = answer.leftOut[0].reason;
      } catch (error) {
        fill(item.caption, errorLine(error, show));
      }
    };
    const append = (points) => {
      if (timer || !points.some((one) => section.metrics.includes(one.metric))) return;
      timer = setTimeout(() => { timer = 0; show(); }, pause);
    };
    return { element: item.card, show, redraw: () => series.length && draw(), append };
  }
}
