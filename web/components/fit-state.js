// Finds the newest fit of a project, or makes one, saying on the page what happens meanwhile.

import { get, runFit, send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";

/** The law that learning rate and batch are read from. */
export const lawID = "step-law";

/** The newest finished fit with its result, or null. */
export async function newestFit(project, law = lawID) {
  const { fits } = await get("fits", { project, law });
  const finished = fits.filter((fit) => fit.status === "finished");
  const newest = finished.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))[0];
  if (!newest) return null;
  return newest.fit ? newest : get(`fits/${newest.id}`);
}

/** Fits now; shows progress in `place`, with a way to stop; answers the finished fit. */
export async function fitNow(project, place, law = lawID, options = {}) {
  const words = h("span", {}, "Fitting…");
  const done = h("i", { css: { width: "0%" } });
  let id = null;
  // A fit that is stopped ends the waiting with that answer; one that had just ended needs no word.
  const stop = h("button", { type: "button", class: "button", id: "stop-fit", hidden: true, on: { click: () => send("DELETE", `fits/${id}`).catch(() => {}) } }, "Stop");
  fill(place, h("div", { class: "banner note fitting", role: "status" }, h("p", {}, words), stop, h("div", { class: "progress", "aria-hidden": "true" }, done)));
  const started = Date.now();
  try {
    return await runFit(project, law, (state) => {
      ({ id } = state);
      stop.hidden = !id;
      const seconds = Math.round((Date.now() - started) / 1000);
      const share = state.progress ? `${Math.round(100 * state.progress)} %, ` : "";
      done.style.width = `${100 * (state.progress ?? 0)}%`;
      words.textContent = state.status === "queued" ? "Waiting for the fit worker…"
        : `Fitting ${state.runCount ? plural(state.runCount, "run") : "the runs"}… ${share}${seconds} s`;
    }, options);
  } finally {
    fill(place);
  }
}

/** How many runs a fit left out. */
export function leftOutCount(fit) {
  return fit.leftOutCount ?? fit.leftOut?.length ?? 0;
}

/** {used, leftOut}: how many runs a fit of any law learned from. */
export function fitRuns(record) {
  const { fit = {} } = record;
  const listed = fit.residuals?.length || fit.runs?.length;
  return { used: record.runs ?? fit.runCount ?? (listed || record.runCount) ?? 0, leftOut: leftOutCount(fit) };
}
