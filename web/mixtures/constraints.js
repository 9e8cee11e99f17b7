// What the next training allows: tokens, passes over the data, and bounds of every share.

import { h } from "../lib/dom.js";

const fields = [
  ["targetTokens", "Training tokens", "2T", "of the run that the mixture is for"],
  ["epochs", "Most epochs", "4", "over the unique tokens of any domain; needs training tokens"],
  ["least", "Least share", "0.01", "of every domain"],
  ["greatest", "Greatest share", "0.7", "of any domain"],
  ["caution", "Caution", "1", "standard deviations added to the prediction"],
];
const suffixes = { k: 1e3, M: 1e6, B: 1e9, G: 1e9, T: 1e12 };

export function constraintForm(state, change) {
  const inputs = fields.map(([name, label, example, help]) => [name, h("label", { class: "field" }, h("span", {}, label),
    h("input", { name, value: state[name], placeholder: example, inputmode: "decimal", autocomplete: "off" }), h("small", { class: "dim" }, help))]);
  return h("form", { class: "card pad stack", id: "constraints", on: { submit: (event) => {
    event.preventDefault();
    change(Object.fromEntries(fields.map(([name]) => [name, event.target.elements[name].value.trim()])));
  } } }, h("h3", {}, "Constraints"), inputs.map(([, element]) => element), h("button", { class: "button" }, "Find the best mixture"));
}

/** The constraints of the form as the server takes them. */
export function constraints(state, swarm) {
  const wanted = {};
  const least = number(state.least);
  const greatest = number(state.greatest);
  if (least !== null || greatest !== null) {
    const range = { low: least ?? undefined, high: greatest ?? undefined };
    wanted.bounds = Object.fromEntries(swarm.domains.map((domain) => [domain.name, range]));
  }
  const tokens = number(state.targetTokens);
  const epochs = number(state.epochs);
  if (tokens !== null) wanted.targetTokens = tokens;
  if (epochs !== null) {
    wanted.maximumEpochs = epochs;
    wanted.availableTokens = Object.fromEntries(swarm.domains.filter((domain) => domain.availableTokens)
      .map((domain) => [domain.name, domain.availableTokens]));
  }
  return wanted;
}

function number(text) {
  const match = /^([\d.]+(?:e[+-]?\d+)?)\s*([kMBGT]?)$/.exec(text ?? "");
  if (!match) return null;
  const value = Number(match[1]) * (suffixes[match[2]] ?? 1);
  return Number.isFinite(value) ? value : null;
}
