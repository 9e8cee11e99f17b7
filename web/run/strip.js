// The answer about one run: its state, how far it is, its loss, and where it will end.

import { answerStrip } from "../components/answer.js";
import { h } from "../lib/dom.js";
import { ago, count, dateTime, duration, loss, none, percent, plural, si, signed, wire } from "../lib/format.js";
import { lastStep, progress, remaining, role } from "../runs/model.js";

const tones = { running: "ok", finished: "", diverged: "bad", failed: "bad", stalled: "warn", killed: "warn" };

/** `more`: {life, best, job}, each as far as it is known already. */
export function answer(run, { life, best, job }) {
  return answerStrip([stateItem(run), timeItem(run, life), lossItem(run), bestItem(run, best), ...forecastItems(run, job)]);
}

function stateItem(run) {
  const state = run.state ?? run.status;
  return { key: "State", value: state, words: true, tone: tones[state] ?? "", range: run.status === "running" ? `last sign of life ${ago(run.heardAt ?? run.updatedAt)}` : `ended ${ago(run.endTime)}` };
}

function timeItem(run, life) {
  const share = progress(run);
  const steps = `step ${count(Math.max(0, lastStep(run)))}`;
  if (run.status !== "running") {
    const seconds = run.endTime && run.startTime ? (run.endTime - run.startTime) / 1e6 : null;
    return { key: "Took", value: seconds > 0 ? duration(seconds) : none, range: [steps, tokensDone(run)].filter(Boolean).join(" · "), title: dateTime(run.startTime).title };
  }
  if (share === null) return { key: "Done", value: steps, range: "its planned steps or tokens are not logged" };
  // A job that is silent has no pace.
  const left = (run.state ?? run.status) === "stalled" ? null : remaining(run, share, life);
  return { key: "Done", value: `${Math.round(100 * share)} %`, range: [left === null ? null : `about ${duration(left)} to go`, steps, tokensDone(run)].filter(Boolean).join(" · ") };
}

function tokensDone(run) {
  const batch = role(run, "batchTokens");
  const step = lastStep(run);
  return batch && step > 0 ? `${si(step * batch)} tokens` : null;
}

/** The metric that the laws read as the loss: the one whose last value the role has. */
function lossMetric(run) {
  const value = run.roles?.loss;
  const named = Object.entries(run.metrics ?? {}).filter(([, metric]) => metric.last === value).map(([name]) => name);
  return named.find((name) => /loss|nll/i.test(name)) ?? named[0] ?? null;
}

function lossItem(run) {
  const name = lossMetric(run);
  const metric = name ? run.metrics[name] : null;
  const own = role(run, "loss");
  return {
    key: run.status === "running" ? "Loss now" : "Final loss", value: own === null ? none : loss(own),
    tone: own !== null && !Number.isFinite(own) ? "bad" : "",
    range: metric ? `${name} · lowest ${loss(metric.min)}` : own === null ? "no metric is read as the loss" : "",
  };
}

function bestItem(run, best) {
  if (!best) return null;
  const gap = role(run, "loss") - role(best, "loss");
  if (best.id === run.id) return { key: "In this project", value: "the best", words: true, tone: "ok", range: "lowest loss of all runs" };
  return { key: "Above the best of all", value: signed(gap), range: `${best.name} has ${loss(role(best, "loss"))}` };
}

function forecastItems(run, job) {
  if (run.status !== "running" || !job) return [];
  if (!job.forecast) return [{ key: "Will end at", value: none, range: job.refused ?? "no forecast" }];
  const { finalLoss, observedShare, peers, baselineLossNats } = job.forecast;
  // Where nothing of its size has finished, a run has nothing to beat.
  const best = wire(baselineLossNats ?? null);
  const chance = best === null ? null : wire(job.probabilityOfBest ?? null);
  return [
    { key: "Will end at", value: loss(finalLoss.value), range: `90 % ${loss(finalLoss.low)} – ${loss(finalLoss.high)} · from ${percent(100 * observedShare)}${peers ? ` and ${plural(peers, "finished run")}` : ""}` },
    chance === null ? null : {
      key: "Beats the best of its size", value: percent(100 * chance), tone: job.isStopAdvised ? "warn" : "ok",
      range: `${loss(best)} · ${job.isStopAdvised ? "may be stopped" : "worth finishing"}`,
    },
  ].filter(Boolean);
}

/** What is wrong with the run, each in a sentence; nothing when nothing is. */
export function troubles(run, life) {
  const lost = Object.entries(run.metrics ?? {}).filter(([, metric]) => metric.notFinite > 0);
  const texts = [
    run.state === "stalled" ? `Silent for ${duration(Math.max(0, Date.now() - (run.heardAt ?? run.updatedAt) / 1000) / 1000)}: the job may hang, or be dead.` : null,
    run.state === "diverged" ? "It diverged: its loss left the range of the other runs, or is not finite. Laws leave it out, or count it as diverged." : null,
    run.lostAt ? `The server ended it for its silence ${ago(run.lostAt)}; a new point brings it back.` : null,
    lost.length ? `Values that are not finite: ${lost.slice(0, 6).map(([name, metric]) => `${name} (${count(metric.notFinite)})`).join(", ")}${lost.length > 6 ? " …" : ""}.` : null,
    life?.attempts?.length > 1 ? `It was resumed ${plural(life.attempts.length - 1, "time")}.` : null,
  ].filter(Boolean);
  return texts.length ? h("div", { class: "banner note", role: "note", id: "troubles" }, h("div", {}, texts.map((text) => h("p", {}, text)))) : null;
}
