// One row of controls for all panels: x, scales, smoothing, zoom.

import { h } from "../lib/dom.js";
import { segmented, toggle } from "../components/segmented.js";

export const axisChoices = [["tokens", "tokens"], ["flops", "FLOPs"], ["step", "step"], ["relative", "relative"], ["time", "time"]];
const smoothings = [["0", "off"], ["1", "1 %", "window: 1 % of the line"], ["5", "5 %", "window: 5 % of the line"]];

/** `change(values, {fetch})` hears what was chosen, and whether other points are needed for it. */
export function panelControls(state, change) {
  return [
    h("span", { class: "dim" }, "x"),
    segmented("x axis", axisChoices, state.x, (x) => change({ x, from: "", to: "" }, { fetch: true })),
    toggle("log x", state.logx, (logx) => change({ logx }, { fetch: false }), "steps at zero cannot be shown"),
    toggle("log y", state.logy, (logy) => change({ logy }, { fetch: false })),
    h("span", { class: "dim" }, "smooth"),
    segmented("Smoothing", smoothings, state.smooth, (smooth) => change({ smooth }, { fetch: false })),
    state.from ? h("button", { type: "button", class: "chip on", on: { click: () => change({ from: "", to: "" }, { fetch: true }) } }, "zoomed: reset") : null,
  ];
}

/** The keys that do the same. */
export function panelKeys(state, change) {
  const axis = (x) => [`x: ${axisChoices.find(([id]) => id === x)[1]}`, () => change({ x, from: "", to: "" }, { fetch: true })];
  const flip = (name) => () => change({ [name]: !state()[name] }, { fetch: false });
  return {
    1: axis("tokens"), 2: axis("step"), 3: axis("relative"), 4: axis("time"), 5: axis("flops"),
    l: ["logarithmic y", flip("logy")], L: ["logarithmic x", flip("logx")],
    s: ["next smoothing", () => change({ smooth: { 0: "1", 1: "5", 5: "0" }[state().smooth] ?? "0" }, { fetch: false })],
  };
}
