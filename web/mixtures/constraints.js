// What the next training allows: tokens, passes over the data, bounds of shares and of sums, and a
// mixture to stay near.

import { h } from "../lib/dom.js";
import { parseNumber, si } from "../lib/format.js";
import { ceilingRows, frozenRows, moreConstraints } from "./more-constraints.js";

const fields = [
  ["targetTokens", "Training tokens", "2T", "of the run that the mixture is for"],
  ["epochs", "Most epochs", "4", "over the unique tokens of any domain; needs training tokens"],
  ["least", "Least share", "0.01", "of every domain"],
  ["greatest", "Greatest share", "0.7", "of any domain"],
  ["caution", "Caution", "1", "standard deviations added to the prediction"],
];
const references = [
  ["", "the mean of the runs"], ["best", "the best run"], ["uniform", "equal shares"], ["tokens", "unique tokens"],
];

/** Names and empty values of what the form keeps in the address; the last four are JSON. */
export const constraintDefaults = {
  targetTokens: "", epochs: "", least: "", greatest: "", caution: "", near: "", reference: "", size: "", bounds: "", groups: "", ceilings: "", frozen: "",
};

/** `change(values)` gets what was typed, as text. */
export function constraintForm(state, swarm, change) {
  const bounds = parsed(state.bounds, {});
  const groups = h("div", { class: "stack" }, Object.values(parsed(state.groups, [])).map((group) => groupRow(swarm, group)));
  const ceilings = ceilingRows(swarm, state.target, parsed(state.ceilings, []));
  const frozen = frozenRows(swarm, parsed(state.frozen, []));
  const form = h("form", { class: "card pad stack", id: "constraints", on: { submit } }, h("h3", {}, "Constraints"),
    fields.map(([name, label, example, help]) => field(label, help, h("input", {
      name, value: state[name], placeholder: example, inputmode: "decimal", autocomplete: "off",
    }))),
    part("Shares and tokens of single domains", state.bounds, boundTable(swarm, bounds)),
    part("Sums of domains", state.groups, groups, h("button", {
      type: "button", class: "button", on: { click: () => groups.append(groupRow(swarm, {})) },
    }, "Add a sum")),
    part("Stay near a mixture", state.near || state.reference,
      field("Reference", "also what a token's worth is told at", h("select", { name: "reference", value: state.reference },
        references.map(([value, label]) => h("option", { value, selected: value === state.reference }, label)))),
      field("Within", "L1 distance, 0 to 2: twice the share of tokens that move", h("input", {
        name: "near", value: state.near, placeholder: "0.4", inputmode: "decimal", autocomplete: "off",
      }))),
    part("Other targets and domains that move as one", state.ceilings || state.frozen, ceilings.parts, frozen.parts),
    part("For another model size", state.size, field("Model size N", "for laws over sizes, with the training tokens above", h("input", {
      name: "size", value: state.size, placeholder: "1B", inputmode: "decimal", autocomplete: "off",
    }))),
    h("p", { class: "bad", id: "constraint-complaint", role: "alert", hidden: true }),
    h("button", { class: "button primary" }, "Find the best mixture"));

  function submit(event) {
    event.preventDefault();
    const wrong = [...form.querySelectorAll("input")].filter((input) => {
      const isWrong = input.value.trim() !== "" && number(input.value) === null;
      input.setAttribute("aria-invalid", String(isWrong));
      return isWrong;
    });
    const complaint = form.querySelector("#constraint-complaint");
    complaint.hidden = !wrong.length;
    complaint.textContent = wrong.length ? `${wrong[0].value.slice(0, 40)} is no number such as 0.25, 4 or 2T.` : "";
    if (wrong.length) {
      wrong[0].focus();
      return;
    }
    const values = Object.fromEntries([...fields.map(([name]) => name), "near", "reference", "size"]
      .map((name) => [name, form.elements[name].value.trim()]));
    change({ ...values, bounds: readBounds(form), groups: readGroups(groups), ceilings: ceilings.read(), frozen: frozen.read() });
  }

  return form;
}

function field(label, help, input) {
  return h("label", { class: "field" }, h("span", {}, label), input, h("small", { class: "dim" }, help));
}

function part(title, isOpen, ...content) {
  return h("details", { open: Boolean(isOpen) }, h("summary", {}, title), content);
}

function boundTable(swarm, bounds) {
  const cell = (domain, kind, label, value, placeholder) => h("td", {}, h("input", {
    class: "text-input", data: { domain, kind }, "aria-label": `${label} of ${domain}`, value: value ?? "", placeholder,
    inputmode: "decimal", autocomplete: "off",
  }));
  return h("div", { class: "scroll" }, h("table", { class: "table bounds" },
    h("thead", {}, h("tr", {}, ["domain", "least", "most", "unique tokens"].map((head) => h("th", {}, head)))),
    h("tbody", {}, swarm.domains.map((domain) => {
      const [low, high, tokens] = bounds[domain.name] ?? [];
      return h("tr", {}, h("td", { class: "name", title: `${domain.name}: ${domain.least} to ${domain.greatest} in the runs` }, domain.name),
        cell(domain.name, 0, "Least share", low, "0"), cell(domain.name, 1, "Greatest share", high, "1"),
        cell(domain.name, 2, "Unique tokens", tokens, domain.availableTokens ? si(domain.availableTokens) : "unknown"));
    }))));
}

function readBounds(form) {
  const bounds = {};
  for (const input of form.querySelectorAll(".bounds input")) {
    const value = input.value.trim();
    if (value) (bounds[input.dataset.domain] ??= ["", "", ""])[Number(input.dataset.kind)] = value;
  }
  return Object.keys(bounds).length ? JSON.stringify(bounds) : "";
}

function groupRow(swarm, group) {
  const row = h("fieldset", { class: "group" }, h("legend", { class: "visually-hidden" }, "A sum of domains"),
    h("select", { multiple: true, size: Math.min(6, swarm.domains.length), "aria-label": "Domains of the sum" },
      swarm.domains.map(({ name }) => h("option", { value: name, selected: group.domains?.includes(name) }, name))),
    h("input", { class: "text-input", value: group.low ?? "", placeholder: "least", "aria-label": "Least sum", inputmode: "decimal" }),
    h("input", { class: "text-input", value: group.high ?? "", placeholder: "most", "aria-label": "Greatest sum", inputmode: "decimal" }),
    h("button", { type: "button", class: "quiet", "aria-label": "Remove this sum", on: { click: () => row.remove() } }, "✕"));
  return row;
}

function readGroups(place) {
  const groups = [...place.querySelectorAll(".group")].map((row) => {
    const [low, high] = [...row.querySelectorAll("input")].map((input) => input.value.trim());
    return { domains: [...row.querySelector("select").selectedOptions].map((option) => option.value), low, high };
  }).filter((group) => group.domains.length && (group.low || group.high));
  return groups.length ? JSON.stringify(groups) : "";
}

/** The constraints of the form as the server takes them. `best` are the shares of the best run. */
export function constraints(state, swarm, best) {
  const wanted = {};
  const own = parsed(state.bounds, {});
  const bounds = {};
  const available = {};
  for (const domain of swarm.domains) {
    const [low, high, tokens] = (own[domain.name] ?? []).map(number);
    const range = { low: low ?? number(state.least), high: high ?? number(state.greatest) };
    if (range.low !== null || range.high !== null) bounds[domain.name] = range;
    const known = tokens ?? domain.availableTokens;
    if (known) available[domain.name] = known;
  }
  if (Object.keys(bounds).length) wanted.bounds = bounds;
  const groups = parsed(state.groups, []).map((group) => ({
    name: group.domains.join(" + "), domains: group.domains, low: number(group.low), high: number(group.high),
  }));
  if (groups.length) wanted.groups = groups;
  Object.assign(wanted, moreConstraints(parsed(state.ceilings, []), parsed(state.frozen, []), swarm, number));
  const targetTokens = number(state.targetTokens);
  if (targetTokens !== null) Object.assign(wanted, { targetTokens, availableTokens: available });
  const epochs = number(state.epochs);
  if (epochs !== null) wanted.maximumEpochs = epochs;
  const near = number(state.near);
  if (near !== null || state.reference) wanted.reference = referenceShares(state.reference, swarm, best, available);
  if (near !== null) wanted.distanceLimit = near;
  return wanted;
}

function referenceShares(kind, swarm, best, available) {
  if (kind === "best" && best) return best;
  const weight = { uniform: () => 1, tokens: (domain) => available[domain.name] ?? 0 }[kind] ?? ((domain) => domain.mean);
  const weights = swarm.domains.map(weight);
  const sum = weights.reduce((total, value) => total + value, 0);
  return Object.fromEntries(swarm.domains.map((domain, index) => [domain.name, sum ? weights[index] / sum : 1 / weights.length]));
}

/** The scale that a mixture is asked for, of laws that know it. */
export function scaleOf({ size, targetTokens }) {
  const parameterCount = number(size);
  return parameterCount === null ? {} : { parameterCount, tokenCount: number(targetTokens) ?? undefined };
}

/** Those of the constraints that plans know. */
export function regionOf({ bounds, groups, targetTokens, availableTokens, maximumEpochs }) {
  return { bounds, groups, targetTokens, availableTokens, maximumEpochs };
}

/** JSON of the address; whatever is no such thing counts as nothing. */
function parsed(text, fallback) {
  try {
    const value = text ? JSON.parse(text) : fallback;
    return value !== null && typeof value === "object" && Array.isArray(value) === Array.isArray(fallback) ? value : fallback;
  } catch {
    return fallback;
  }
}

function number(text) {
  if (Number(text) === 0 && String(text ?? "").trim() !== "") return 0;
  return parseNumber(text ?? "");
}
