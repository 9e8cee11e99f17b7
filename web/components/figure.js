// <il-figure>: the one element that draws charts, and the only file that knows the library.

import { assetURL, get } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { color, onTheme } from "../lib/theme.js";
import { errorLine } from "./banner.js";
import { notePointer, takeTurn } from "./figure-turns.js";

const script = "vendor/plotly-4.1.1.min.js";
const integrity = "sha256-O24V1F27f8pb0glCkelh3cVHLNiHAJ5gCaVtq2aNch8=";
const config = {
  displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "",
  responsive: true, doubleClick: "reset",
};
let library = null;
let preloaded = false;

/** The library comes while the numbers come, and runs when the first figure is drawn: starting it takes most of a second. */
function preloadLibrary() {
  if (preloaded) return;
  preloaded = true;
  // Not a preload: browsers complain of one that no figure came to use.
  fetch(assetURL(script), { priority: "low" }).then((answer) => answer.blob()).catch(() => {});
}

/** What only a figure that is drawn, or read, needs comes after the answer of the page. */
const theme = () => import("./figure-theme.js");
const marks = () => import("./figure-marks.js");
const numbers = () => import("./figure-data.js");

/** Loads the chart library once; rejects when it was never fetched at set-up. */
function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const element = h("script", { src: assetURL(script), integrity, on: { load: done, error: reject } });
    function done() {
      if (globalThis.Plotly) resolve(globalThis.Plotly);
      else reject(new Error("the chart library did not start"));
    }
    document.head.append(element);
  });
  return library;
}

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) target.becomeVisible(isIntersecting);
}, { rootMargin: "200px" });

class Figure extends HTMLElement {
  #spec = null;
  #make = null;
  #visible = false;
  #stale = false;
  #plot = h("div", { class: "plot" });
  #voice = h("div", { class: "visually-hidden", "aria-live": "polite" });
  #message = h("div", { class: "wait" }, "Drawing…");
  #data = null;
  #reading = { trace: 0, point: -1 };
  #forget = null;
  #marks = null;

  connectedCallback() {
    if (!this.contains(this.#plot)) this.append(this.#plot, this.#message, this.#voice);
    this.setAttribute("role", "figure");
    this.tabIndex = 0;
    this.addEventListener("keydown", this.#read);
    this.addEventListener("pointermove", notePointer);
    this.#forget = onTheme(() => this.#refresh());
    preloadLibrary();
    seen.observe(this);
  }

  disconnectedCallback() {
    seen.unobserve(this);
    this.#forget?.();
    this.removeEventListener("keydown", this.#read);
    globalThis.Plotly?.purge(this.#plot);
  }

  get spec() {
    return this.#spec;
  }

  /** {data, layout}; drawn when on the screen. */
  set spec(spec) {
    this.#make = null;
    this.#take(spec);
    this.#refresh();
  }

  /** `make()` gives the spec with live data when its turn to be drawn comes: never off the screen, seldom while the pointer moves. */
  follow(make) {
    if (!this.#spec) {
      this.spec = make();
      return;
    }
    this.#make = make;
    this.#refresh();
  }

  /** Whether live data are all that it would be drawn for. */
  get isFollowing() {
    return this.#make !== null;
  }

  /** Fetches a figure of the server. Fails alone: the error stays inside this element. */
  async load(kind, query) {
    delete this.dataset.drawn;
    this.#say("wait", "Loading…");
    try {
      this.spec = await get(`figures/${kind}`, query);
    } catch (error) {
      this.#say("failed", errorLine(error, () => this.load(kind, query).catch(() => {})));
      throw error;
    }
  }

  /** `again` draws also what is drawn already. */
  becomeVisible(visible, { again = false } = {}) {
    this.#visible = visible;
    if (visible && (again || this.#stale)) this.#refresh();
  }

  async draw() {
    if (!this.isConnected || !this.#spec) return;
    const make = this.#make;
    this.#make = null;
    try {
      if (make) this.#take(make());
      const [plotly, { themed }, { FigureMarks }] = await Promise.all([loadLibrary(), theme(), marks()]);
      const { data, layout } = themed(this.#spec);
      const first = !this.#plot.classList.contains("js-plotly-plot");
      await plotly.react(this.#plot, data, layout, config);
      this.#marks ??= new FigureMarks(this.#plot);
      if (first) this.#listen();
      this.#marks.refresh();
      this.#message.hidden = true;
      this.dataset.drawn = String(Number(this.dataset.drawn ?? 0) + 1);
    } catch (error) {
      await this.#fallBack(error);
    }
  }

  /** Changes attributes of the traces with this role, without a request. */
  restyle(role, changes) {
    const indices = this.#indices((name) => name === role);
    for (const index of indices) {
      for (const [path, value] of Object.entries(changes)) setPath(this.#spec.data[index], path, value);
    }
    if (this.dataset.drawn && indices.length) globalThis.Plotly.restyle(this.#plot, changes, indices);
  }

  /** Draws the lines of this run bold. */
  emphasize(run) {
    this.#marks?.emphasize(run);
  }

  /** A vertical line at `x`, or none; other figures' pointers drive it. */
  showCross(x) {
    this.#marks?.showCross(x);
  }

  /** What is on the screen, on paper of the theme's colour, with `stamp` beneath: where it comes from. */
  async saveImage(format, filename, stamp = "") {
    const plotly = await loadLibrary();
    if (!this.dataset.drawn) await this.draw();
    const { data, layout } = this.#plot;
    const picture = {
      data, config,
      layout: {
        ...layout, paper_bgcolor: color("panel"), margin: { ...layout.margin, b: (layout.margin?.b ?? 38) + 26 },
        title: { text: stamp, font: { size: 11, color: color("dim") }, x: 0.99, xanchor: "right", y: 0.008, yref: "container", yanchor: "bottom" },
      },
    };
    await plotly.downloadImage(picture, { format, filename, width: 1200, height: 720 });
  }

  async toggleData() {
    const { dataTable } = await numbers();
    if (this.#data) {
      this.#data.remove();
      this.#data = null;
    } else if (this.#spec) {
      this.append((this.#data = dataTable(this.#spec)));
    }
  }

  #indices(matches) {
    return this.#spec.data.flatMap((trace, index) => (matches(trace.meta?.role) ? [index] : []));
  }

  #take(spec) {
    this.#spec = spec;
    const summary = spec.layout?.meta?.summary;
    if (summary) this.setAttribute("aria-label", summary);
  }

  #refresh() {
    this.#stale = !this.#visible;
    if (this.#visible && this.#spec) takeTurn(this);
  }

  #listen() {
    this.#plot.after(...this.#marks.elements);
    const fire = (type, detail) => this.dispatchEvent(new CustomEvent(type, { detail }));
    this.#plot.on("plotly_hover", (event) => fire("il-hover", event.points[0]));
    this.#plot.on("plotly_unhover", () => fire("il-hover", null));
    this.#plot.on("plotly_click", (event) => fire("il-click", event.points[0]));
    this.#plot.on("plotly_relayout", (change) => {
      const range = change["xaxis.range"] ?? [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (change["xaxis.autorange"]) fire("il-zoom", null);
      else if (range[0] !== undefined && range[1] !== undefined) fire("il-zoom", range);
    });
  }

  #read = async (event) => {
    if (event.target !== this || !this.#spec || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const { readout } = await numbers();
    const text = readout(this.#spec, this.#reading, event.key);
    if (text) this.#voice.textContent = text;
  };

  #say(look, words) {
    this.#message.className = look;
    this.#message.hidden = false;
    fill(this.#message, words);
  }

  async #fallBack(error) {
    const missing = !globalThis.Plotly;
    const { dataTable } = await numbers();
    this.#message.hidden = true;
    this.dataset.failed = "1";
    fill(this.#plot, h("p", { class: "needs-setup" }, missing
      ? ["Charts need one set-up step: run ", h("code", {}, "scripts/vendor"), ". The numbers are below."]
      : `This figure could not be drawn: ${error.message}`), h("div", { class: "data" }, dataTable(this.#spec)));
  }
}

function setPath(object, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  for (const key of keys) object = object[key] ??= {};
  object[last] = value;
}

customElements.define("il-figure", Figure);
