// One panel of curves: fetches its own series, fails alone, and follows the stream.

import { errorLine } from "../components/banner.js";
import { figureCard } from "../components/figure-card.js";
import { apiURL, get } from "../lib/api.js";
import { debounce, fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { appendPoints, hasLogarithm, panelSpec, readSeries, writePlace } from "./curves.js";
import { listValues } from "./tip.js";

const bucketsAtMost = 300;
// Points of all lines of a panel together, when fetched; it is fetched anew before live points have doubled them.
const pointsAtOnce = 7500;
const runsAtOnce = 100;
// Between two drawings of live points, in ms: many lines take longer to draw and to paint.
const leastPause = 2000;
const pausePerLine = 100;
// Groups are gathered by the server over all their runs: asked for again after a multiple of what it took.
const pausePerGathering = 20;

/** Says how many values are clipped, and takes the clipping away: {chip, show(count)}. */
export function clipChip(model, events) {
  const isOn = () => model.state.clip !== false;
  const chip = h("button", { type: "button", class: "chip", hidden: true, title: "values far from all others are out of sight", on: { click: () => events.onScale({ clip: !isOn() }) } });
  const show = (count) => {
    chip.hidden = !count;
    chip.textContent = isOn() ? `${count} clipped` : `clip ${count}`;
    chip.setAttribute("aria-pressed", String(isOn()));
  };
  return { chip, show };
}

export class Panel {
  #model;
  #events;
  #request = null;
  #timer = 0;
  #held = null;
  #leftOut = [];
  #failure = null;
  #mustFetch = false;
  #wasLive = false;
  #grouped = null;
  #gathering = 0;
  #closeValues;
  #axis = "";
  #item;
  #fresh = h("button", { type: "button", class: "chip", hidden: true, on: { click: () => this.#events.onZoom({ from: "", to: "" }) } }, "new data");
  #clip;
  #log = h("button", { type: "button", class: "chip", title: "logarithmic y in this panel only", on: { click: () => this.#switchScale() } }, "log");
  name;
  series = new Map();

  /** `events`: onCross(x, panel), onHover(run id or null), onZoom({from, to}), onScale({clip} or {otherlog}) */
  constructor(name, model, events) {
    this.name = name;
    this.#model = model;
    this.#events = events;
    this.#clip = clipChip(model, events);
    this.#item = figureCard(name, { extra: [this.#fresh, this.#clip.chip, this.#log] });
    const { figure } = this.#item;
    this.#closeValues = listValues(figure, (x) => writePlace(this.#model.state.x, x));
    figure.addEventListener("il-hover", ({ detail }) => {
      events.onCross(detail?.x ?? null, this);
      events.onHover(detail?.data.meta?.run ?? null);
    });
    figure.addEventListener("il-zoom", debounce(150, (event) => this.#zoom(event.detail)));
  }

  get card() {
    return this.#item.card;
  }

  get figure() {
    return this.#item.figure;
  }

  /** `needed`: ids of the runs whose points it takes; `groups`: the module of groups, when they are drawn. */
  async fetch(needed, groups) {
    const { state } = this.#model;
    this.#request?.abort();
    this.#request = new AbortController();
    if (this.#axis !== state.x) this.#closeValues();
    this.#axis = state.x;
    if (groups) {
      await this.#fetchGroups(groups);
      return;
    }
    if (!needed.length) {
      this.series.clear();
      this.#held = null;
      return this.draw(groups);
    }
    this.#held = [];
    const scale = state.x === "time" ? 1000 : 1;
    const limits = state.from && state.to ? { from: state.from * scale, to: state.to * scale } : {};
    try {
      const { signal } = this.#request;
      const parts = await Promise.all(slices(needed, runsAtOnce).map((runs) => get("series", {
        runs: runs.join(","), metrics: this.name, x: state.x, buckets: bucketsFor(needed.length), ...limits,
      }, { signal })));
      this.series = new Map(parts.flatMap((part) => part.series).map((series) => [series.run, readSeries(series, state.x)]));
      for (const { run, source } of parts.flatMap((part) => part.sources ?? [])) {
        const series = this.series.get(run);
        if (series) series.source = source;
      }
      this.#item.setSource({ csv: apiURL("series/export", { runs: needed.join(","), metrics: this.name, format: "csv" }) });
      this.#leftOut = parts.flatMap((part) => part.leftOut ?? []);
      this.#failure = null;
      this.draw(groups);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#failure = errorLine(error, () => this.fetch(needed, groups));
      this.#say();
    }
    const held = this.#held ?? [];
    this.#held = null;
    for (const points of held) this.append(points, needed, groups);
  }

  async #fetchGroups(groups) {
    const query = groups.groupQuery(this.name, this.#model.state);
    const began = performance.now();
    this.#held = [];
    try {
      this.#grouped = await get("figures/group-bands", query, { signal: this.#request.signal });
      this.#item.setSource({ kind: "group-bands", query });
      this.#failure = null;
      this.draw(groups);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#failure = errorLine(error, () => this.#fetchGroups(groups));
      this.#say();
    }
    this.#gathering = performance.now() - began;
    const held = this.#held;
    this.#held = null;
    if (held.length) this.append(held[0], [], groups);
  }

  /** In the head of the panel; what failed stays there until it has been answered. */
  #say(...words) {
    fill(this.#item.caption, this.#failure ?? words);
  }

  draw(groups) {
    const spec = this.#spec(groups);
    if (spec) this.figure.spec = spec;
  }

  #spec(groups) {
    const { state, shown } = this.#model;
    this.#log.setAttribute("aria-pressed", String(hasLogarithm(this.name, state)));
    if (groups) return this.#groupSpec(groups);
    const list = shown.filter((id) => this.series.get(id)?.x.length && this.#model.run(id)).map((id) => ({
      series: this.series.get(id), run: this.#model.run(id), look: this.#model.look(id),
      bold: id === state.pin || id === state.open,
    }));
    const reasons = [...new Set(this.#leftOut.map((item) => item.reason))];
    const lacking = shown.length - list.length;
    this.#say(plural(list.length, "run") + (lacking ? ` · ${lacking} without it` : "")
      + (reasons.length ? `: ${reasons.slice(0, 2).join("; ")}` : ""));
    list.sort((a, b) => Number(a.bold) - Number(b.bold));
    this.#fresh.hidden = !(state.from && list.some(({ series }) => series.x.at(-1) > Number(state.to)));
    const spec = panelSpec(this.name, list, state);
    this.#clip.show(spec.layout.meta.outliers);
    return spec;
  }

  /** Live points; those that come while the panel is loading wait for it. */
  append(points, needed, groups) {
    if (this.#held) {
      this.#held.push(points);
      return;
    }
    this.#mustFetch ||= Boolean(groups) || !this.#extend(points, needed.length);
    if (this.#timer) return;
    const work = groups ? pausePerGathering * this.#gathering : pausePerLine * this.series.size;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#mustFetch) this.fetch(needed, groups);
      else this.figure.follow(() => this.#spec(groups));
      this.#mustFetch = false;
    }, this.#wasLive ? Math.max(leastPause, work) : 300);
    this.#wasLive = true;
  }

  /** False where the line does not simply go on. */
  #extend(points, lineCount) {
    let series = this.series.get(points.run);
    if (!series) {
      series = { run: points.run, x: [], last: [], min: [], max: [], count: [], appended: 0 };
      this.series.set(points.run, series);
    }
    return appendPoints(series, points, this.#model.state.x, this.#model.run(points.run)) && series.appended <= bucketsFor(lineCount);
  }

  #groupSpec({ groupKey, groupedRuns, groupSpec }) {
    this.#fresh.hidden = true;
    this.#clip.show(0);
    if (!this.#grouped) return null;
    const { state } = this.#model;
    const spec = groupSpec(this.#grouped, this.name, state);
    const key = state.group.replace(/^(params|tags)\./, "");
    this.#say(groupedRuns(spec), " by ", key, groupKey(spec));
    return spec;
  }

  #switchScale() {
    const others = this.#model.state.otherlog ?? [];
    this.#events.onScale({ otherlog: others.includes(this.name) ? others.filter((name) => name !== this.name) : [...others, this.name] });
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
}

function bucketsFor(lines) {
  return Math.min(bucketsAtMost, Math.ceil(pointsAtOnce / lines));
}

function slices(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}
