// A mixture by hand: one share is drawn, the others make room in proportion, and the law says at
// once what it would give, how far that is from the best and from the runs.

import { send } from "../lib/api.js";
import { debounce, fill, h } from "../lib/dom.js";
import { loss, si, signed } from "../lib/format.js";
import { seriesColor } from "../components/figure-theme.js";
import { share } from "./tables.js";

const shownDomains = 8;

/** "web:0.4,code:0.6" of an address as shares of all domains that sum to one, or null. */
export function readMix(text, domains) {
  const given = new Map(text.split(",").map((part) => {
    const at = part.lastIndexOf(":");
    return [part.slice(0, at), Number(part.slice(at + 1))];
  }));
  const shares = domains.map((name) => Math.max(0, given.get(name) || 0));
  const sum = shares.reduce((total, value) => total + value, 0);
  return sum > 0 && Number.isFinite(sum) ? Object.fromEntries(domains.map((name, index) => [name, shares[index] / sum])) : null;
}

export function writeMix(shares) {
  return Object.entries(shares).filter(([, value]) => value > 0.00005).map(([name, value]) => `${name}:${Number(value.toPrecision(3))}`).join(",");
}

/** One domain at `value`; the others keep their proportions, or share evenly where they had nothing. */
export function redistribute(shares, name, value) {
  const rest = Object.entries(shares).filter(([other]) => other !== name);
  const sum = rest.reduce((total, [, other]) => total + other, 0);
  return Object.fromEntries(Object.entries(shares).map(([other, old]) =>
    [other, other === name ? value : (1 - value) * (sum > 0 ? old / sum : 1 / rest.length)]));
}

/** `page`: {state, swarm, wanted(), record(), keep(values)}; `show(found)` puts the best mixture beside it. */
export function mixtureLab(page) {
  const body = h("div", { class: "lab-rows" });
  const verdict = h("p", { class: "lab-verdict", "aria-live": "polite" });
  const back = h("button", { type: "button", class: "quiet", on: { click: reset } }, "back to the best");
  const card = h("section", { class: "card", id: "lab", hidden: true },
    h("header", {}, h("h3", {}, "Mixture lab"), h("small", {}, "draw a share; the rest makes room"), h("div", { class: "tools" }, back)), body, h("footer", {}, verdict));
  const ask = debounce(80, predict);
  let best = null;
  let shares = {};
  let rows = new Map();
  let ticket = 0;

  function show(found) {
    best = found;
    const own = Object.fromEntries(Object.entries(found.weights).map(([name, item]) => [name, item.value]));
    shares = readMix(page.state.mix, Object.keys(own)) ?? own;
    const order = Object.keys(own).toSorted((a, b) => own[b] - own[a]);
    const shown = order.slice(0, shownDomains);
    rows = new Map(shown.map((name, index) => [name, row(name, index)]));
    fill(body, [...rows.values()].map((item) => item.element), order.length > shown.length
      ? h("small", { class: "dim" }, `${order.length - shown.length} smaller domains move with the rest`) : null);
    card.hidden = false;
    draw();
    predict();
  }

  function row(name, index) {
    const slider = h("input", {
      type: "range", min: "0", max: "1", step: "0.005", "aria-label": `Share of ${name}`,
      css: { "accent-color": seriesColor(index) },
      on: {
        input: () => { shares = redistribute(shares, name, Number(slider.value)); draw(name); ask(); },
        change: () => page.keep({ mix: writeMix(shares) }),
      },
    });
    const text = h("output", { class: "number" });
    return { slider, text, element: h("label", { class: "lab-row" }, h("span", { class: "name", title: name }, name), slider, text) };
  }

  /** `held` is under the pointer and stays where it is. */
  function draw(held = null) {
    const { targetTokens, availableTokens = {} } = page.wanted();
    const known = new Map(page.swarm.domains.map((domain) => [domain.name, availableTokens[domain.name] ?? domain.availableTokens]));
    for (const [name, { slider, text }] of rows) {
      if (name !== held) slider.value = String(shares[name]);
      const available = known.get(name);
      const epochs = targetTokens && available ? (shares[name] * targetTokens) / available : null;
      const words = `${share(shares[name])}${epochs === null ? "" : ` · ${epochs.toPrecision(2)} ep`}`;
      text.textContent = words;
      text.className = epochs > 4 ? "number warn" : "number";
      text.title = available ? `${si(available)} unique tokens` : "";
      slider.setAttribute("aria-valuetext", words);
    }
  }

  async function predict() {
    const own = (ticket += 1);
    try {
      const { predictions: [found] } = await send("POST", "mixtures/predictions", {
        project: page.state.project, target: page.state.target, fit: page.record().id, mixtures: [{ index: "lab", proportions: shares }],
      });
      if (own !== ticket) return;
      fill(verdict, "predicted ", h("strong", {}, `${loss(found.prediction)} ± ${Number(found.sd.toPrecision(2))}`), " for one run",
        ` · ${signed(found.prediction - best.prediction.value, 4)} over the best · `,
        found.isExtrapolation ? h("span", { class: "warn" }, "beyond the runs") : "inside the runs",
        found.nearestRun ? h("span", { title: found.nearestRun }, ` · L1 ${found.distance.toFixed(2)} to the nearest`) : null);
    } catch (error) {
      if (own === ticket) fill(verdict, h("span", { class: "bad" }, error.message));
    }
  }

  function reset() {
    page.keep({ mix: "" });
    show(best);
  }

  return { card, show };
}
