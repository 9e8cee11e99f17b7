// A law's question: a few positive numbers, each with what it means.

import { h } from "../lib/dom.js";
import { parseNumber, si } from "../lib/format.js";

/** `fields`: [[name, label, placeholder, hint]]; `onAsk(values)` gets numbers or empty text. */
export function questionForm(title, fields, values, onAsk, button = "Ask") {
  const inputs = new Map();
  const rows = fields.map(([name, label, placeholder, hint]) => {
    const complaint = h("div", { class: "complaint", id: `${name}-complaint`, hidden: true });
    const input = h("input", {
      name, placeholder, title: hint, autocomplete: "off", spellcheck: "false",
      "aria-describedby": `${name}-complaint`, value: shown(values[name]),
    });
    inputs.set(name, { input, complaint });
    return h("label", { class: "field" }, h("span", {}, label), input, complaint);
  });

  function submit(event) {
    event.preventDefault();
    const answer = {};
    let good = true;
    for (const [name, { input, complaint }] of inputs) {
      const text = input.value.trim();
      const number = text === "" ? "" : parseNumber(text);
      input.setAttribute("aria-invalid", String(number === null));
      complaint.hidden = number !== null;
      complaint.textContent = number === null ? "a positive number, such as 430M or 2e21" : "";
      if (number === null && good) input.focus();
      if (number === null) good = false;
      answer[name] = number;
    }
    if (good) onAsk(answer);
  }

  return h("section", { class: "card pad" }, h("h3", {}, title),
    h("form", { novalidate: true, on: { submit } }, rows,
      h("button", { class: "button primary", type: "submit" }, button)));
}

/** Written so that reading it back gives the same number. */
export function shown(value) {
  // An address may say 302M as well as 302000000.
  const number = parseNumber(String(value ?? ""));
  if (!number) return "";
  if (number >= 1e15) return String(Number(number.toPrecision(10))).replace("e+", "e");
  const short = si(number);
  return Math.abs(parseNumber(short) / number - 1) < 1e-9 ? short : String(Number(number.toPrecision(10)));
}
