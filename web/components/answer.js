// The answer of a page: numbers first, each with its range and where it comes from.

import { h } from "../lib/dom.js";

/** `items`: [{key, value, range, tone, words}] */
export function answerStrip(items, actions = []) {
  return h("section", { class: "card answer", "aria-label": "Answer" },
    items.filter(Boolean).map((item) => h("div", {},
      h("div", { class: "key" }, item.key),
      h("div", { class: `value ${item.tone ?? ""} ${item.words ? "words" : ""}`, title: item.title }, item.value),
      h("div", { class: "range" }, item.range ?? ""))),
    actions.length ? h("div", { class: "actions" }, actions) : null);
}
