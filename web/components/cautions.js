// What to know before an answer is believed: quiet inside the data, loud far outside it.

import { h } from "../lib/dom.js";
import { capital, rate, si, times, wire } from "../lib/format.js";

const far = Math.log(10);

/** `answer` of any law: its warnings, and how far it lies from the runs; null where nothing is to say. */
export function cautions(answer) {
  const texts = answer.warnings ?? [];
  const reach = answer.extrapolation;
  const outside = reach?.inside === false;
  if (!outside && !texts.length) return null;
  const isFar = outside && Math.max(0, ...steps(reach).map(([, size]) => size)) > far;
  return h("div", { class: isFar ? "banner" : "banner note", role: "note", id: "cautions" }, h("div", {},
    outside ? h("p", {}, h("strong", { class: isFar ? "bad" : "warn" }, isFar ? "Far outside the data." : "Outside the data."), ` ${beyond(reach) ? `${beyond(reach)}.` : reach.note ?? ""}`) : null,
    isFar ? h("p", {}, disagreement(answer)) : null,
    texts.map((text) => h("p", {}, capital(text)))));
}

/** "1,900,000× in tokens, 13× in batch beyond the runs", the farthest first. */
export function beyond(reach) {
  const parts = steps(reach).toSorted((a, b) => b[1] - a[1]).map(([name, size]) => `${times(size)} in ${name}`);
  return parts.length ? `${parts.join(", ")} beyond the runs` : "";
}

function steps({ distance }) {
  return Object.entries(distance ?? {}).map(([name, value]) => [name, Math.abs(wire(value) ?? 0)]).filter(([, size]) => size > 0.005);
}

/** How far the published laws are from one another here; those that can be placed on the project's surface. */
function disagreement({ rivals = [] }) {
  const placed = rivals.filter((rival) => wire(rival.expectedRegretPercent ?? null) !== null);
  const parts = [span(placed.map((rival) => wire(rival.peakLearningRate ?? null)), "rates", rate), span(placed.map((rival) => wire(rival.batchTokens ?? null)), "batches", (value) => `${si(value)} tokens`)].filter(Boolean);
  return parts.length ? `Published laws say ${parts.join(" and ")} for this size.` : null;
}

function span(values, what, write) {
  const known = values.filter((value) => value > 0);
  return known.length > 1 ? `${what} from ${write(Math.min(...known))} to ${write(Math.max(...known))}` : null;
}
