// What lies over a figure while the pointer moves, so that its lines need not be painted again: where
// the pointer is, in all figures of a page, and the lines of one run, bold.

import { h } from "../lib/dom.js";

export class FigureMarks {
  #plot;
  #run = null;
  #cross = h("div", { class: "cross" });
  #bold = h("svg", { class: "bold", "aria-hidden": "true" });
  elements = [this.#bold, this.#cross];

  constructor(plot) {
    this.#plot = plot;
  }

  /** A vertical line at `x`, or none. */
  showCross(x) {
    const layout = this.#plot._fullLayout;
    const axis = layout?.xaxis;
    const place = x === null || !axis ? NaN : axis.d2p(x);
    const inside = place >= 0 && place <= axis?._length;
    this.#cross.style.display = inside ? "block" : "none";
    if (!inside) return;
    this.#cross.style.transform = `translateX(${axis._offset + place}px)`;
    this.#cross.style.top = `${layout.margin.t}px`;
    this.#cross.style.height = `${layout.yaxis._length}px`;
  }

  /** The lines of this run, or none. */
  emphasize(run) {
    this.#run = run;
    const traces = run ? (this.#plot._fullData ?? []).filter(({ meta }) => meta?.run === run && !meta.isRaw) : [];
    const lines = traces.flatMap(({ uid }) => [...this.#plot.querySelectorAll(`.trace${uid} .js-line`)]);
    this.#bold.replaceChildren(...lines.map((line) => {
      const copy = line.cloneNode();
      copy.style.strokeWidth = "3.2px";
      return copy;
    }));
    if (!lines.length) return;
    const { xaxis, yaxis } = this.#plot._fullLayout;
    Object.assign(this.#bold.style, {
      left: `${xaxis._offset}px`, top: `${yaxis._offset}px`, width: `${xaxis._length}px`, height: `${yaxis._length}px`,
    });
  }

  /** After the figure was drawn anew. */
  refresh() {
    if (this.#run) this.emphasize(this.#run);
  }
}
