// Rules that move the sampling weights of running jobs: where each stands, and how it got there.

import { errorBanner } from "../components/banner.js";
import { snippet } from "../components/copy.js";
import { figureCard } from "../components/figure-card.js";
import { column } from "../components/figure-data.js";
import { get } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { dataTable, share } from "./tables.js";

const shownDomains = 6;
const prefix = "onlineMixture/";

/** The card, which fills itself. */
export function onlineCard(project) {
  const place = h("div", { class: "stack", id: "online" });
  load(project, place);
  return place;
}

async function load(project, place) {
  try {
    const { mixtures } = await get("online-mixtures", { project });
    fill(place, mixtures.length ? list(mixtures, place) : how(project));
  } catch (error) {
    fill(place, errorBanner(error, () => load(project, place)));
  }
}

function how(project) {
  const name = `'${project.replaceAll("'", "'\\''")}'`;
  return h("details", { class: "card pad" }, h("summary", {}, "Mixtures that move while a job runs: none yet"),
    h("p", {}, "A job sends its losses by domain and is told the weights of its next step. What a rule would have chosen in a run that logged them is a replay."),
    snippet(`isoloss mixture online create online-data-mixing --project ${name} --domains web,code\n`
      + "isoloss mixture online observe ID --step 100 --losses web=2.9,code=1.7 --sampled web\n"
      + "isoloss mixture online replay doremi --domains web,code --run RUN --loss-metric 'val_loss/*'"));
}

function list(mixtures, place) {
  const trace = h("div", {});
  const rows = mixtures.map((item) => [item.rule, item.step ?? "–", String(item.observations), shares(item.weights), shares(item.answer),
    item.run ? h("button", { type: "button", class: "link", on: { click: () => draw(item, trace, place) } }, "trace") : "no run"]);
  return [dataTable("Mixtures that move while a job runs", ["rule", "step", "observations", "weights of the next step", "for a later run", ""], rows, { id: "online-list" }), trace];
}

function shares(weights) {
  const order = Object.entries(weights).toSorted(([, a], [, b]) => b - a);
  return order.slice(0, shownDomains).map(([name, value]) => `${name} ${share(value)}`).join(", ") + (order.length > shownDomains ? ", …" : "");
}

async function draw(item, trace, place) {
  const domains = Object.entries(item.weights).toSorted(([, a], [, b]) => b - a).map(([name]) => name).slice(0, 8);
  const { card, figure, caption } = figureCard(`Weights by ${item.rule}`, { id: "online-trace" });
  fill(trace, card);
  try {
    const { series } = await get("series", { runs: item.run, metrics: domains.map((name) => prefix + name).join(","), x: "step", buckets: 400 });
    caption.textContent = `${plural(item.observations, "observation")}, ${Object.keys(item.weights).length > domains.length ? `the ${domains.length} largest` : "all domains"}`;
    figure.spec = {
      data: series.map((one) => ({
        type: "scatter", mode: "lines", name: one.metric.slice(prefix.length), x: column(one.x), y: column(one.last),
        meta: { role: "fit", index: domains.indexOf(one.metric.slice(prefix.length)) },
      })),
      layout: {
        xaxis: { title: { text: "step (optimiser steps)" } }, yaxis: { title: { text: "share of the tokens (1)" }, rangemode: "tozero" },
        showlegend: true, legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" }, hovermode: "closest",
        meta: { summary: `Weights of ${domains.join(", ")} over the steps of the job.` },
      },
    };
  } catch (error) {
    fill(trace, errorBanner(error, () => draw(item, trace, place)));
  }
}
