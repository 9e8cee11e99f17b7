// How sure the optimum is: the best share of each domain over resampled fits, beside the mixture that
// one would otherwise take.

import { figureCard, setCaption } from "../components/figure-card.js";

const shownDomains = 16;

/** The card, and `show(found)` for another optimum. */
export function certaintyCard(swarm) {
  const item = figureCard("How sure is the optimum?", { id: "mixture-certainty" });
  const means = new Map(swarm.domains.map((domain) => [domain.name, domain.mean]));

  function show(found) {
    const order = Object.entries(found.weights).toSorted(([, a], [, b]) => b.value - a.value).slice(0, shownDomains);
    const names = order.map(([name]) => name);
    const share = (value) => 100 * value;
    setCaption(item.caption, "best shares of resampled fits, 90 %");
    item.figure.spec = {
      data: [
        { type: "scatter", mode: "markers", name: "best share", x: names, y: order.map(([, weight]) => share(weight.value)), meta: { role: "cell", index: 0 },
          error_y: { type: "data", symmetric: false, array: order.map(([, weight]) => share(weight.high - weight.value)), arrayminus: order.map(([, weight]) => share(weight.value - weight.low)) },
          hovertemplate: "%{x}: %{y:.1f} %<extra></extra>" },
        { type: "scatter", mode: "markers", name: "mean of the runs", x: names, y: names.map((name) => share(means.get(name) ?? 0)), meta: { role: "baseline", index: 2 },
          hovertemplate: "%{x}: %{y:.1f} % in the mean of the runs<extra></extra>" },
      ],
      layout: {
        xaxis: { title: { text: "domain (by share)" }, type: "category" }, yaxis: { title: { text: "share of the tokens (%)" }, rangemode: "tozero" },
        showlegend: true, legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" }, hovermode: "closest",
        meta: { summary: `Best shares with 90 % regions: ${order.slice(0, 6).map(([name, { value, low, high }]) =>
          `${name} ${share(value).toFixed(0)} %, ${share(low).toFixed(0)} to ${share(high).toFixed(0)}`).join("; ")}.` },
      },
    };
  }

  return { card: item.card, show };
}
