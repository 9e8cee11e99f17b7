// Finds the newest fit of a project, or makes one, saying on the page what happens meanwhile.

import { get, runFit, send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { ago, plural } from "../lib/format.js";
import { lawID } from "./law-answer.js";

/** The newest finished fit with its result, or null. */
export async function newestFit(project, law = lawID) {
  const { fits } = await get("fits", { project, law });
  const finished = fits.filter((fit) => fit.status === "finished");
  const newest = finished.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))[0];
  if (!newest) return null;
  return newest.fit ? newest : get(`fits/${newest.id}`);
}

/** Fits now; shows progress in `place`; answers the finished fit. */
export async function fitNow(project, place, law = lawID) {
  const words = h("span", {}, "Fitting…");
  let id = null;
  // A fit that is stopped ends the waiting with that answer; one that had just ended needs no word.
  const stop = h("button", { type: "button", class: "button", id: "stop-fit", hidden: true, on: { click: () => send("DELETE", `fits/${id}`).catch(() => {}) } }, "Stop");
  fill(place, h("div", { class: "banner note", role: "status" }, h("p", {}, words), stop));
  const started = Date.now();
  const fit = await runFit(project, law, (state) => {
    ({ id } = state);
    stop.hidden = !id;
    const seconds = Math.round((Date.now() - started) / 1000);
    const share = state.progress ? `${Math.round(100 * state.progress)} %, ` : "";
    words.textContent = state.status === "queued" ? "Waiting for the fit worker…"
      : `Fitting ${state.runCount ? plural(state.runCount, "run") : "the runs"}… ${share}${seconds} s`;
  });
  fill(place);
  return fit;
}

/** "fitted 3 min ago", with a warning when runs came since, and a way to fit again. */
export function fitAge(record, onRefit) {
  return [
    h("span", {}, `fitted ${ago(record.finishedAt)}`),
    record.staleRuns ? h("span", { class: "warn", id: "stale" }, `${plural(record.staleRuns, "run")} newer than this fit`) : null,
    h("button", { type: "button", class: "quiet", id: "refit", on: { click: onRefit } }, "refit"),
  ];
}
