// One row of controls for all panels: x, scales, smoothing, zoom.

import { segmented, toggle } from "../components/segmented.js";
import { fullScreen, h } from "../lib/dom.js";

/** In the order of the keys 1 to 5. */
const axisChoices = [["tokens", "tokens"], ["step", "step"], ["flops", "FLOPs"], ["time", "wall", "the time of day"], ["relative", "relative", "time since the run began"]];
const smoothings = [["0", "off"], ["1", "1 %", "average with a window of 1 % of the line"], ["5", "5 %", "average with a window of 5 % of the line"], ["median", "median", "middle value in a window of 5 % of the line"]];

/** `change(values, {fetch})` hears what was chosen, and whether other points are needed for it. */
export function panelControls(state, change) {
  return [
    h("span", { class: "dim" }, "x"),
    segmented("x axis", axisChoices, state.x, (x) => change({ x, from: "", to: "" }, { fetch: true })),
    toggle("log x", state.logx, (logx) => change({ logx }, { fetch: false }), "begins at the first point above zero"),
    toggle("log y", state.logy, (logy) => change({ logy }, { fetch: false })),
    h("span", { class: "dim" }, "smooth"),
    segmented("Smoothing", smoothings, state.smooth, (smooth) => change({ smooth }, { fetch: false })),
    state.from ? h("button", { type: "button", class: "chip on", on: { click: () => change({ from: "", to: "" }, { fetch: true }) } }, "zoomed: reset") : null,
  ];
}

/** The keys that do the same. */
export function panelKeys(state, change) {
  const axis = ([x, label], index) => [String(index + 1), [`x: ${label}`, () => change({ x, from: "", to: "" }, { fetch: true })]];
  const flip = (name) => () => change({ [name]: !state()[name] }, { fetch: false });
  const next = (smooth) => smoothings[(smoothings.findIndex(([value]) => value === smooth) + 1) % smoothings.length][0];
  return {
    ...Object.fromEntries(axisChoices.map(axis)),
    l: ["logarithmic y", flip("logy")], L: ["logarithmic x", flip("logx")],
    s: ["next smoothing", () => change({ smooth: next(state().smooth) }, { fetch: false })],
    f: ["full screen: the figure under the pointer, else the first", () => {
      const card = document.querySelector(".figure-card:hover") ?? document.querySelector(".figure-card");
      if (card) fullScreen(card);
    }],
  };
}
