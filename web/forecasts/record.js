// How good such forecasts and their advice were on runs that have ended, and where the hours went.

import { figureCard, setCaption } from "../components/figure-card.js";
import { column } from "../components/figure-data.js";
import { figureKinds } from "../components/law-card.js";
import { segmented } from "../components/segmented.js";
import { fill, h } from "../lib/dom.js";
import { percent } from "../lib/format.js";

const shown = ["stop-value", "forecast-calibration", "waste-ledger"];

/** `risk()` is the allowed probability of ending the best run, in per cent; `onRisk(value)` hears another. */
export async function recordSection(project, risk, onRisk) {
  let kinds = [];
  try {
    kinds = (await figureKinds()).filter(({ kind }) => shown.includes(kind)).toSorted((a, b) => shown.indexOf(a.kind) - shown.indexOf(b.kind));
  } catch {
    // The forecasts themselves report a server that is away.
  }
  if (!kinds.length) return null;
  const query = { project };
  const cards = kinds.map(({ kind, title }) => {
    const item = figureCard(title, { id: kind, source: { kind, query } });
    item.figure.load(kind, query).then(() => {
      setCaption(item.caption, item.figure.spec.layout.meta.answer);
      if (kind === "stop-value") offerRisk(item, risk, onRisk);
    }, (error) => { item.card.hidden = error.code === "cannotFit"; });
    return item.card;
  });
  return h("section", { class: "stack" }, h("h2", {}, "How good was such advice, and where did the hours go?"), h("div", { class: "halves" }, cards[0], h("div", { class: "stack" }, cards.slice(1))));
}

/** Marks the risk in the figure and says what it would have saved and lost; a click on a point takes its risk. */
function offerRisk({ card, figure, caption }, risk, onRisk) {
  const { spec } = figure;
  const lines = spec.data.filter((trace) => trace.meta?.role === "fit");
  const risks = column(lines[0]?.x);
  if (!risks.length) return;
  const words = h("div", { class: "pad", id: "stop-words", "aria-live": "polite" });
  const nearest = (value) => risks.reduce((best, other) => (Math.abs(Math.log(other / value)) < Math.abs(Math.log(best / value)) ? other : best));
  const choice = segmented("Allowed probability of ending the best run", risks.map((value) => [String(value), percent(value)]), String(nearest(risk())), (value) => take(Number(value)));
  card.append(h("div", { class: "pad stack" }, h("span", { class: "dim" }, "Allowed probability of ending the best run"), h("div", { class: "scroll" }, choice)), words);
  figure.addEventListener("il-click", ({ detail }) => take(nearest(detail.x)));

  function take(value) {
    choice.value = String(value);
    onRisk(value);
    draw(value);
  }

  function draw(value) {
    const index = risks.indexOf(value);
    setCaption(caption, "");
    fill(words, lines.map((line) => h("p", {}, h("strong", {}, `${line.name.replace(/^steps saved, /, "")}: `), column(line.text)[index].replaceAll("<br>", "; "))));
    const mark = { type: "line", name: "optimum", x0: value, x1: value, y0: 0, y1: 1, yref: "paper" };
    figure.spec = { ...spec, layout: { ...spec.layout, shapes: [...(spec.layout.shapes ?? []), mark] } };
  }

  draw(nearest(risk()));
}
