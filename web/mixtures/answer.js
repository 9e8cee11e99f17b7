// The best mixture in numbers, each with what stands behind it, beside bars of what it is compared with.

import { answerStrip } from "../components/answer.js";
import { copyButton } from "../components/copy.js";
import { proofOf } from "../components/fit-strip.js";
import { stamp } from "../components/stamp.js";
import { h } from "../lib/dom.js";
import { loss, none, percent, signed } from "../lib/format.js";
import { bars } from "./bars.js";

const namedAtMost = 6;
const spread = (value) => String(Number(value.toPrecision(2)));

export function mixtureAnswer(found, record, swarm, project) {
  const score = record.fit.scores.find((item) => item.law === record.fit.model.law);
  const run = found.alternatives.find((item) => item.name === "bestObserved");
  const { prediction, extrapolation } = found;
  const range = `${loss(prediction.low)} – ${loss(prediction.high)}`;
  const proof = (text) => proofOf(record, { title: found.law }, text);
  const shares = Object.fromEntries(Object.entries(found.weights).map(([name, item]) => [name, item.value]));
  return h("div", { class: "mixture-answer" }, answerStrip([
    { key: "Best mixture", words: true, ...inWords(found.weights) },
    { key: "Its loss, predicted", value: `${loss(prediction.value)} ± ${spread(prediction.sd)}`, range: `90 % ${range} · ${found.law}`, proof: proof(`90 % ${range}`) },
    gain(found, proof),
    run ? { key: "Best run so far", value: loss(run.measured), range: `predicted ${loss(run.prediction.value)}`, title: run.title } : null,
    { key: "Trust: rank correlation", value: score?.spearman ? `ρ ${score.spearman.toFixed(3)}` : none, range: "on runs the fit had not seen", proof: proof("none; every run is predicted by a fit without it") },
    { key: "Reach", value: extrapolation.inside ? "inside" : "outside", words: true, tone: extrapolation.inside ? "ok" : "warn", title: extrapolation.nearestRun ?? "",
      range: `${percent(50 * extrapolation.distance)} of the tokens in other domains than in the nearest run` },
  ], [
    copyButton("Copy mixture JSON", () => JSON.stringify(shares, null, 2)),
    copyButton("YAML", () => `# best mixture · ${stamp({ fitID: record.id, project })}\n${Object.entries(shares).map(([name, value]) => `${JSON.stringify(name)}: ${value.toFixed(5)}`).join("\n")}\n`),
  ]), bars(found, swarm));
}

/** Against the mixture one would otherwise take: the reference, else the mean of the runs. */
function gain({ alternatives, prediction }, proof) {
  const other = alternatives.find((item) => item.name === "reference") ?? alternatives.findLast((item) => item.name === "naive");
  if (!other) return null;
  const change = prediction.value - other.prediction.value;
  return {
    key: `Against ${other.title.toLowerCase()}`, value: `${signed(change, 3)} (${percent(100 * Math.abs(change / other.prediction.value))})`,
    tone: change < 0 ? "ok" : "", range: `predicted ${loss(other.prediction.value)}`,
    proof: proof(`${loss(other.prediction.low)} – ${loss(other.prediction.high)} for a run on ${other.title.toLowerCase()}`),
  };
}

/** "prose 32 %, tables 27 %", with where the best shares of resampled fits lie. */
function inWords(weights) {
  const named = Object.entries(weights).filter(([, item]) => item.value >= 0.005).toSorted(([, a], [, b]) => b.value - a.value);
  const whole = (value) => Math.round(100 * value);
  const more = named.length > namedAtMost ? `, and ${named.length - namedAtMost} more` : "";
  const list = (write) => `${named.slice(0, namedAtMost).map(write).join(", ")}${more}`;
  return { value: list(([name, item]) => `${name} ${whole(item.value)} %`), range: `90 %: ${list(([name, item]) => `${name} ${whole(item.low)} – ${whole(item.high)} %`)}` };
}
