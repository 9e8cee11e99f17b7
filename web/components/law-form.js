// The question: model size, tokens or FLOPs, sequence length, perhaps a fixed batch.

import { h } from "../lib/dom.js";
import { parseNumber } from "../lib/format.js";
import { shown } from "./question-form.js";

const fields = {
  parameters: ["Model size N", "430M", "as the project counts it"],
  tokens: ["Tokens D", "20B", "training tokens"],
  flops: ["or FLOPs", "1e21", "6·N·D; gives the missing one of N and D"],
  sequenceLength: ["Sequence length", "2048", "to say the batch in sequences"],
  batchTokens: ["Fixed batch", "1M tokens", "leave empty to ask for the best one"],
};

/** `names`: which fields; `onAsk(values)` gets numbers, empty text where nothing was typed. */
export function lawForm(names, values, onAsk, { button = "Ask", extra = [] } = {}) {
  const inputs = new Map();
  const rows = names.map((name) => {
    const [label, placeholder, hint] = fields[name];
    const complaint = h("div", { class: "complaint", id: `${name}-complaint`, hidden: true });
    const input = h("input", {
      name, placeholder, title: hint, autocomplete: "off", spellcheck: "false", inputmode: "text",
      "aria-describedby": `${name}-complaint`, value: shown(values[name]),
    });
    inputs.set(name, { input, complaint });
    return h("label", { class: "field" }, h("span", {}, label), input, complaint);
  });
  const form = h("form", { novalidate: true, on: { submit } }, rows, extra,
    h("button", { class: "button primary", type: "submit" }, button));

  function submit(event) {
    event.preventDefault();
    const answer = read();
    if (answer) onAsk(answer);
  }

  function read() {
    const result = {};
    let good = true;
    for (const [name, { input, complaint }] of inputs) {
      const text = input.value.trim().replace(/\s*(tok(ens)?|params?|seq)$/i, "");
      const number = text === "" ? "" : parseNumber(text);
      const wrong = number === null ? "a positive number, such as 430M or 2e10" : null;
      say(input, complaint, wrong);
      if (wrong && good) input.focus();
      if (wrong) good = false;
      result[name] = number;
    }
    return good && complete(result, inputs) ? result : null;
  }

  return form;
}

/** N with D, or one of them with a FLOPs budget. */
function complete(values, inputs) {
  const given = ["parameters", "tokens", "flops"].filter((name) => values[name]);
  if (given.length === 2) return true;
  const place = given.length > 2 ? "flops" : ["parameters", "tokens"].find((name) => !values[name]);
  const { input, complaint } = inputs.get(place) ?? inputs.get("parameters");
  input.focus();
  say(input, complaint, given.length > 2 ? "two of N, D and FLOPs fix the third: leave one empty"
    : inputs.has("flops") ? "give two of N, D and FLOPs" : "both N and D are needed");
  return false;
}

function say(input, complaint, text) {
  input.setAttribute("aria-invalid", String(Boolean(text)));
  complaint.hidden = !text;
  complaint.textContent = text ?? "";
}
