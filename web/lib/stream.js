// One event stream per tab, closed while the tab is hidden, resumed from where it was.

import { apiURL } from "./api.js";

const silence = 40_000;

/**
 * Follows a project. `onPoints(series)` and `onRuns(runs)` get new data only; `onReset()` is called
 * when some of it cannot be sent any more, so that all must be fetched anew; `onState` hears
 * "live", "waiting" or "lost" with the time of the last sign of life.
 */
export class LiveStream {
  #project;
  #handlers;
  #source = null;
  #cursor = null;
  #lastSign = 0;
  #watch = 0;

  constructor(project, handlers) {
    this.#project = project;
    this.#handlers = handlers;
    document.addEventListener("visibilitychange", () => this.#followVisibility());
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  open() {
    if (this.#source || document.hidden) return;
    const source = new EventSource(
      apiURL("stream", { project: this.#project, since: this.#cursor }),
    );
    this.#source = source;
    source.addEventListener("open", () => this.#sign("live"));
    source.addEventListener("error", () => this.#report("lost"));
    source.addEventListener("points", (event) => this.#take(event, "onPoints", "series"));
    source.addEventListener("runs", (event) => this.#take(event, "onRuns", "runs"));
    source.addEventListener("reset", (event) => this.#take(event, "onReset", "none"));
    source.addEventListener("heartbeat", (event) => this.#take(event, "onBeat", "none"));
    this.#watch = setInterval(() => this.#checkSilence(), 5_000);
  }

  close() {
    this.#source?.close();
    this.#source = null;
    clearInterval(this.#watch);
  }

  #take(event, handler, field) {
    if (event.lastEventId) this.#cursor = event.lastEventId;
    this.#sign("live");
    let body;
    try {
      body = JSON.parse(event.data);
    } catch {
      return;
    }
    this.#handlers[handler]?.(body[field] ?? []);
  }

  #sign(state) {
    this.#lastSign = Date.now();
    this.#report(state);
  }

  #checkSilence() {
    // The server beats every 15 s: a stream that is silent for longer is gone, though the browser may
    // still hold it open, as after a computer slept. A new one begins where this one ended.
    if (Date.now() - this.#lastSign < silence) return;
    this.close();
    this.open();
    this.#report("lost");
  }

  #report(state) {
    this.#handlers.onState?.(state, this.#lastSign);
  }

  #followVisibility() {
    if (document.hidden) this.close();
    else this.open();
  }
}
