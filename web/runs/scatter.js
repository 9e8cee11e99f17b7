// One dot per run: final loss over peak learning rate, a colour for each (N, D) cell.

import { logTicks, loss, plural, rate, shortRate, si } from "../lib/format.js";
import { plainText } from "./curves.js";
import { role } from "./model.js";

const cellsAtMost = 24;
const dotsAtMost = 800;

/** A figure of the listed runs, or nothing when fewer than three have both numbers. */
export function scatterSpec(model) {
  const all = model.runs
    .map((run) => ({ run, lr: role(run, "peakLearningRate"), loss: role(run, "loss") }))
    .filter((dot) => dot.lr > 0 && Number.isFinite(dot.loss));
  if (all.length < 3) return null;
  const every = Math.ceil(all.length / dotsAtMost);
  const dots = all.filter((_, index) => index % every === 0);
  const cells = Map.groupBy(dots, (dot) => cellName(dot.run));
  const top = quantile(dots.map((dot) => dot.loss), 0.97);
  const data = [...cells].slice(0, cellsAtMost).map(([name, members], index) => ({
    type: "scatter", mode: "markers", name, x: members.map((dot) => dot.lr), y: members.map((dot) => dot.loss),
    customdata: members.map((dot) => dot.run.id),
    text: members.map(({ run, lr, loss: value }) =>
      `${plainText(run.name)}<br>loss ${loss(value)} · LR ${rate(lr)} · batch ${si(role(run, "batchTokens"))}`),
    hovertemplate: "%{text}<extra>%{fullData.name}</extra>", meta: { role: "run", index },
  }));
  const low = Math.min(...dots.map((dot) => dot.loss));
  const clipped = dots.filter((dot) => dot.loss > top).length;
  return {
    data,
    layout: {
      xaxis: { title: { text: "peak learning rate" }, type: "log", ...ticks(dots) },
      yaxis: { title: { text: "final loss (nats per token)" }, ...(model.state.clip === false ? {} : { range: [low - 0.05 * (top - low), top + 0.03 * (top - low)] }) },
      hovermode: "closest", showlegend: false,
      uirevision: `scatter|${model.state.q}|${model.state.clip}`,
      meta: { summary: `${plural(all.length, "run")}${model.next ? " listed so far" : ""}${every > 1 ? `, ${dots.length} of them drawn` : ""} · colours: N and D`, outliers: clipped },
    },
  };
}

function ticks(dots) {
  const rates = dots.map((dot) => dot.lr);
  return logTicks(Math.min(...rates), Math.max(...rates), shortRate);
}

function cellName(run) {
  const size = role(run, "parameterCount") ?? role(run, "nonEmbeddingParameterCount");
  return `N ${si(size)}, D ${si(role(run, "tokenCount"))}`;
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
