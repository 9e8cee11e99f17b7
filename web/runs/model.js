// What the Runs page knows: its address, the runs loaded so far, and which of them are drawn.

import { get } from "../lib/api.js";
import { wire } from "../lib/format.js";
import { seriesLook } from "../lib/theme.js";
import { readState, writeState } from "../lib/url-state.js";

export const defaults = {
  project: "", q: "", sort: "roles.loss", x: "tokens", logx: false, logy: false, smooth: "0",
  show: "", pin: "", open: "", metrics: [], cols: [], from: "", to: "",
  left: [], roles: false, sel: [], selection: "", view: "", group: "", band: "range", sweep: false, color: "", clip: true, otherlog: [],
};
// The first page fills the screen soon; what comparisons of all listed runs need comes after it.
const firstPageSize = 100;
const pageSize = 500;
// Of a list that is fetched anew while somebody is somewhere in it.
const keptInPlaceAtMost = 5000;
const shownAtFirst = 10;
const shownAtMost = 50;
const namedInAddress = 8;
// The server keeps views of 8,000 characters; a longer selection lasts as long as the page.
export const keptAtMost = 240;

export class RunsModel extends EventTarget {
  state = readState(defaults);
  runs = [];
  next = null;
  metrics = [];
  newcomers = new Set();
  #byID = new Map();
  #colors = new Map();
  #coloring = null;
  #request = 0;

  update(changes, options) {
    Object.assign(this.state, changes);
    // What the server keeps under an id is not said twice.
    const isNamed = !this.state.selection && this.state.sel.length <= keptAtMost;
    writeState(isNamed ? this.state : { ...this.state, sel: [] }, defaults, options);
  }

  readAddress() {
    const { selection, sel } = this.state;
    this.state = readState(defaults);
    const isKept = this.state.selection === selection && (selection || sel.length > keptAtMost);
    if (isKept && !this.state.sel.length) this.state.sel = sel;
  }

  run(id) {
    return this.#byID.get(id);
  }

  /** Loads the first page of the list, or `atLeast` runs; answers false when a newer call overtook this one. */
  async load({ atLeast = 0 } = {}) {
    const ticket = (this.#request += 1);
    const [page, metrics] = await Promise.all([
      this.#firstRuns(Math.min(atLeast, keptInPlaceAtMost)),
      // The runs name their metrics too: without the list of all there are panels still.
      get("metrics", { project: this.state.project }).catch(() => null),
      this.#recall(),
    ]);
    const missing = await this.#named(page.runs);
    if (ticket !== this.#request) return false;
    this.runs = page.runs;
    this.next = page.next ?? null;
    this.metrics = metrics?.metrics ?? namedBy(page.runs);
    this.newcomers.clear();
    this.#byID = new Map([...missing, ...page.runs].map((run) => [run.id, run]));
    // Curves that have no tokens are shown over steps; what the address asks for stays.
    const isAsked = new URLSearchParams(location.search).has("x");
    if (!isAsked && page.runs.length && !page.runs.some(countsTokens)) this.state.x = "step";
    this.#assignColors();
    await this.recolor();
    return true;
  }

  async #firstRuns(atLeast) {
    const page = await get("runs", { ...this.#query(), limit: Math.max(firstPageSize, Math.min(atLeast, pageSize)) });
    while (page.next && page.runs.length < atLeast) {
      const { runs, next } = await get("runs", { ...this.#query(), after: page.next });
      page.runs.push(...runs);
      page.next = next;
    }
    return page;
  }

  async loadMore() {
    if (!this.next) return;
    const after = this.next;
    this.next = null;
    const ticket = this.#request;
    const page = await get("runs", { ...this.#query(), after });
    if (ticket !== this.#request) return;
    for (const run of page.runs) {
      if (!this.#byID.has(run.id)) this.runs.push(run);
      this.#byID.set(run.id, run);
    }
    this.next = page.next ?? null;
    await this.recolor();
  }

  /** Takes changed runs from the stream; rows keep their place, new ones wait to be asked for. */
  absorb(changed) {
    const known = [];
    for (const run of changed) {
      const old = this.#byID.get(run.id);
      if (old) known.push(Object.assign(old, run));
      else this.newcomers.add(run.id);
    }
    return known;
  }

  /** A table of finished runs has one point a metric: nothing to draw as a curve. */
  get hasCurves() {
    return this.runs.length === 0 || this.runs.some((run) => Object.values(run.metrics ?? {}).some((metric) => metric.count > 1));
  }

  /** Whether what is loaded is less than one page. */
  get isPartial() {
    return this.next !== null && this.runs.length < pageSize;
  }

  /** Ids of the runs that are drawn: those of the address, else the first of the list. */
  get shown() {
    if (this.state.show === "none") return [];
    if (this.state.show) return this.state.show.split(",").filter((id) => this.#byID.has(id));
    // No further than it must look: each row asks for it while thousands of runs are scrolled.
    return [...this.runs.values().filter(hasCurve).take(shownAtFirst)].map((run) => run.id);
  }

  toggleShown(id) {
    const shown = new Set(this.shown);
    if (!shown.delete(id) && shown.size < shownAtMost) shown.add(id);
    this.#assignColors([...shown]);
    this.update({ show: [...shown].join(",") || "none" });
    return this.recolor();
  }

  /** Marks runs for a comparison, or takes their marks away. */
  select(ids, on) {
    const named = new Set(ids);
    const others = this.state.sel.filter((id) => !named.has(id));
    this.update({ sel: on ? [...others, ...ids] : others, selection: "" });
  }

  /** A selection that is too long for the address is kept by the server, which may refuse; then it stays. */
  async keepSelection() {
    const { project, sel, selection } = this.state;
    if (selection || sel.length <= namedInAddress || sel.length > keptAtMost) return;
    const { keepSelection } = await import("./kept-selection.js");
    const kept = await keepSelection(project, sel);
    if (kept && this.state.sel === sel) this.update({ selection: kept }, { byItself: true });
  }

  async #recall() {
    const { project, sel, selection } = this.state;
    if (!selection || sel.length) return;
    const { keptSelection } = await import("./kept-selection.js");
    const runs = await keptSelection(project, selection).catch(() => []);
    if (this.state.selection === selection) this.state.sel = runs;
  }

  /** {color, dash} of a drawn run: its own, stable while it stays drawn, or that of a value it has. */
  look(id) {
    return this.#coloring?.look(this.run(id)) ?? seriesLook(this.#colors.get(id) ?? 0);
  }

  /** [{label, color, dash, count}] or {from, to, colors}: what the colours say; null when each run has its own. */
  get legend() {
    return this.#coloring?.legend ?? null;
  }

  /** The colours by a value, anew for the runs that are drawn now. */
  async recolor() {
    const key = this.state.group ? "" : this.state.color;
    const made = key ? (await import("./coloring.js")).coloring(this.runs, this.shown.map((id) => this.run(id)), key) : null;
    if (key === (this.state.group ? "" : this.state.color)) this.#coloring = made;
  }

  #assignColors(shown = this.shown) {
    for (const id of [...this.#colors.keys()]) if (!shown.includes(id)) this.#colors.delete(id);
    for (const id of shown) {
      if (this.#colors.has(id)) continue;
      const used = new Set(this.#colors.values());
      const wanted = parseInt(id.slice(-6), 16) % 8;
      // The eight colours first, then the same ones with dashes.
      const place = (step) => 8 * Math.floor(step / 8) + ((wanted + step) % 8);
      let step = 0;
      while (used.has(place(step))) step += 1;
      this.#colors.set(id, place(step));
    }
  }

  #query() {
    const { project, q, sort } = this.state;
    return { project, q, sort, limit: pageSize };
  }

  /** Runs named in the address that the first page does not hold. */
  async #named(page) {
    const have = new Set(page.map((run) => run.id));
    const ids = [...this.state.show.split(","), this.state.pin, this.state.open].filter((id) => /^[0-9a-f]{32}$/.test(id) && !have.has(id));
    const answers = await Promise.allSettled([...new Set(ids)].map((id) => get(`runs/${id}`)));
    return answers.filter((answer) => answer.status === "fulfilled").map((answer) => answer.value);
  }
}

function namedBy(runs) {
  const names = new Set(runs.flatMap((run) => Object.keys(run.metrics ?? {})));
  return [...names].sort().map((name) => ({ name, kind: name.startsWith("system/") ? "system" : "training" }));
}

function hasCurve(run) {
  return Object.keys(run.metrics ?? {}).length > 0;
}

export function role(run, name) {
  return wire(run.roles?.[name] ?? null);
}

/** Whether tokens can be the axis of its curves: by its batch, or by a metric that counts them. */
export function countsTokens(run) {
  return role(run, "batchTokens") !== null || Object.keys(run.metrics ?? {}).some((name) => /(^|[/_.])tokens?($|[/_.])/i.test(name));
}

export function lastStep(run) {
  return Math.max(-1, ...Object.values(run.metrics ?? {}).map((metric) => metric.lastStep ?? 0));
}

/** Seconds to the end at the pace of the attempt that runs; null before there is a pace. */
export function remaining(run, share, life = null) {
  const attempt = life?.attempts?.at(-1);
  const from = attempt?.startedAt ?? run.startTime;
  const step = lastStep(run);
  const begun = attempt?.fromStep && step > 0 ? (share * attempt.fromStep) / step : 0;
  const spent = ((run.heardAt ?? run.updatedAt) - from) / 1e6;
  const done = share - begun;
  return spent > 1 && done > 0 && share < 1 ? (spent * (1 - share)) / done : null;
}

/** Share of the planned tokens or steps that is done; null when the plan is unknown. */
export function progress(run) {
  const planned = role(run, "tokenCount");
  const batch = role(run, "batchTokens");
  const step = lastStep(run);
  if (step <= 0) return null;
  if (planned && batch) return Math.min(1, (step * batch) / planned);
  const steps = role(run, "stepCount");
  return steps ? Math.min(1, step / steps) : null;
}
