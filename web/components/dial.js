// A slider over powers of ten beside an answer: the answer follows while it moves.

import { debounce, h } from "../lib/dom.js";

/**
 * `low` and `high` are its ends, `write(value)` says a value; `onMove(value)` hears of it while it
 * moves, `onRest(value)` where it comes to rest.
 */
export function dial({ label, name, low, high, write, digits = 2 }, value, onMove, onRest) {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const shown = h("output", { class: "slider-value" }, write(value));
  const slider = h("input", {
    type: "range", min: from, max: to, step: (to - from) / 400, id: `dial-${name}`, "aria-label": label, "aria-valuetext": write(value),
    on: { input: () => { say(read()); soon(read()); }, change: () => onRest(read()) },
  });
  const soon = debounce(60, onMove);
  slider.value = String(Math.log10(value));

  function read() {
    return Number((10 ** Number(slider.value)).toPrecision(digits));
  }

  function say(current) {
    shown.textContent = write(current);
    slider.setAttribute("aria-valuetext", write(current));
  }

  return h("div", { class: "card dial" }, h("label", { class: "dim", for: slider.id }, label), slider, shown,
    h("small", { class: "dim" }, `${write(low)} to ${write(high)}`));
}
