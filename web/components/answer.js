// The answer of a page: numbers first, each with its range and where it comes from.

import { h } from "../lib/dom.js";

let proofs = 0;

/**
 * `items`: [{key, value, unit, range, tone, words, title, proof}]; `proof` {facts: [[name, text]], href}
 * is what stands behind the number: shown over it, and opened by a click or Enter.
 */
export function answerStrip(items, actions = []) {
  return h("section", { class: "card answer", "aria-label": "Answer" }, h("h2", { class: "visually-hidden" }, "Answer"),
    items.filter(Boolean).map((item) => h("div", {},
      h("div", { class: "key", title: item.key }, item.key),
      proven(item, { class: `value ${item.tone ?? ""} ${item.words ? "words" : ""}` }),
      h("div", { class: "range" }, item.range ?? ""))),
    actions.length ? h("div", { class: "actions" }, actions) : null);
}

/** The value of an item, as a button that opens its proof where there is one. */
export function proven({ key, value, unit, title, proof }, look) {
  const shown = [value, unit ? h("small", {}, ` ${unit}`) : null];
  if (!proof) return h("div", { ...look, title }, shown);
  const id = `proof-${(proofs += 1)}`;
  const words = [title, ...proof.facts.map(([name, text]) => `${name}: ${text}`)].filter(Boolean).join("\n");
  return [
    h("button", { type: "button", ...look, title: words, popovertarget: id, "aria-label": [`${key}: ${value}`, unit].filter(Boolean).join(" ") }, shown),
    h("div", { class: "card pad proof", popover: "auto", id, role: "dialog", "aria-label": `What stands behind: ${key}` },
      h("h3", {}, key), title ? h("p", {}, title) : null,
      h("dl", { class: "facts" }, proof.facts.map(([name, text]) => [h("dt", {}, name), h("dd", {}, text)])),
      proof.href ? h("p", {}, h("a", { href: proof.href }, "why? The fit: runs used and left out")) : null),
  ];
}
