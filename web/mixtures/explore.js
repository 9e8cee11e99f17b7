// Figures that ask more than one fit: a triangle of domains, the worth of a token for several
// targets, and what two targets cost each other.

import { errorBanner, note } from "../components/banner.js";
import { figureCard, setCaption } from "../components/figure-card.js";
import { fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";

const isLoss = (name) => /loss|bpb|bits|nll|perplexity|error/i.test(name);
const fitLimit = 24;

/** `page`: {state, swarm, fitOf(target), change(values), wanted()}; the answer draws when told to. */
export function explorers(page) {
  const { state, swarm } = page;
  const notices = h("div", { class: "stack" });
  const corner = swarm.domains.length > 3 ? cornerPicker(page) : null;
  const triangle = figureCard("Loss on a triangle", { id: "mixture-ternary", extra: [corner?.element] });
  const worth = figureCard("Worth of a token", { id: "mixture-worth", extra: [h("span", { id: "fit-others" })] });
  const tradeoff = figureCard("Trade-off", { id: "mixture-tradeoff", extra: [rivalPicker(page)] });
  const epochs = figureCard("Tokens and passes over each domain", { id: "mixture-epochs" });
  const cards = [...(swarm.domains.length > 2 ? [triangle.card] : []), ...(page.kinds.has("mixture-epochs") ? [epochs.card] : []), worth.card, tradeoff.card];

  function show({ card, figure, caption, setSource }, kind, query) {
    const source = { project: state.project, ...query };
    card.hidden = false;
    setSource({ kind, query: source });
    return figure.load(kind, source).then(() => setCaption(caption, figure.spec.layout.meta.answer), () => setCaption(caption, ""));
  }

  /** Without tokens or stocks of them there is nothing to show; what would help is said by the form. */
  async function drawEpochs(shares) {
    if (!page.kinds.has("mixture-epochs")) return;
    await show(epochs, "mixture-epochs", { target: state.target, mixture: JSON.stringify(shares), constraints: text(page.wanted()) });
    epochs.card.hidden = !epochs.figure.spec;
  }

  function drawWorth() {
    const others = fittedTargets(swarm).filter((name) => name !== state.target);
    const { reference } = page.wanted();
    show(worth, "mixture-worth", { target: JSON.stringify([state.target, ...others].slice(0, fitLimit)), constraints: reference ? JSON.stringify({ reference }) : null });
    offerFits();
  }

  function offerFits() {
    const place = worth.card.querySelector("#fit-others");
    const most = Math.max(...swarm.targets.map((target) => target.runs));
    const open = swarm.targets.filter((target) => !target.fit && target.runs === most && isLoss(target.name)).slice(0, fitLimit);
    fill(place, open.length ? h("button", { type: "button", class: "quiet", on: { click: () => fitAll(open) } }, `fit ${plural(open.length, "more target")}`) : null);
  }

  async function fitAll(open) {
    try {
      for (const [index, target] of open.entries()) {
        fill(notices, note(`Fitting ${target.name}, ${index + 1} of ${open.length}…`));
        await page.fitOf(target.name);
      }
      fill(notices);
      drawWorth();
    } catch (error) {
      fill(notices, errorBanner(error, () => fitAll(open)));
    }
  }

  async function drawTradeoff() {
    tradeoff.figure.hidden = !state.against;
    if (!state.against) {
      setCaption(tradeoff.caption, "choose a second target to see which losses can be had together");
      return;
    }
    try {
      setCaption(tradeoff.caption, "");
      if (!swarm.targets.find((target) => target.name === state.against)?.fit) fill(notices, note(`Fitting ${state.against}…`));
      await page.fitOf(state.against);
      fill(notices);
      show(tradeoff, "mixture-tradeoff", { target: JSON.stringify([state.target, state.against]), constraints: text(page.wanted()) });
    } catch (error) {
      fill(notices, errorBanner(error, drawTradeoff));
    }
  }

  /** `shares` go through the triangle. */
  function draw(shares) {
    if (swarm.domains.length > 2) {
      show(triangle, "mixture-ternary", { target: state.target, domains: corners(state), mixture: JSON.stringify(shares) })
        .then(() => corner?.say(triangle.figure.spec?.layout.ternary));
    }
    drawEpochs(shares);
    drawWorth();
    drawTradeoff();
  }

  return { cards, notices, draw };
}

function text(wanted) {
  return Object.keys(wanted).length ? JSON.stringify(wanted) : null;
}

function fittedTargets(swarm) {
  return swarm.targets.filter((target) => target.fit && isLoss(target.name)).map((target) => target.name);
}

/** Three different domains of the address, else none: the server then takes those that matter most. */
function corners(state) {
  const names = [state.first, state.second, state.third];
  return new Set(names.filter(Boolean)).size === 3 ? JSON.stringify(names) : null;
}

/** The three domains of the triangle: they say what is drawn, and taking one that is drawn already swaps the two. */
function cornerPicker({ swarm, change }) {
  const names = ["first", "second", "third"];
  let drawn = ["", "", ""];
  const selects = names.map((_, index) => h("select", { "aria-label": `Domain of corner ${index + 1}`, on: { change: () => choose(index) } },
    h("option", { value: "" }, "most telling"), swarm.domains.map(({ name }) => h("option", { value: name }, name))));

  function choose(index) {
    const wanted = selects[index].value;
    const next = wanted ? drawn.map((name, place) => (place === index ? wanted : name === wanted ? drawn[index] : name)) : ["", "", ""];
    change(Object.fromEntries(names.map((key, place) => [key, next[place]])), { redraws: true });
  }

  /** In the figure long names are cut, and a unit stands after them. */
  function say(ternary) {
    const titles = ["aaxis", "baxis", "caxis"].map((axis) => (ternary?.[axis]?.title?.text ?? "").replace(/ \([^()]*\)$/, "").replace(/…$/, ""));
    drawn = titles.map((title) => swarm.domains.find(({ name }) => name === title)?.name ?? swarm.domains.find(({ name }) => name.startsWith(title))?.name ?? "");
    selects.forEach((select, index) => { select.value = drawn[index]; });
  }

  return { element: h("span", { class: "pick corners" }, selects), say };
}

function rivalPicker({ state, swarm, change }) {
  const names = swarm.targets.map((target) => target.name).filter((name) => name !== state.target)
    .toSorted((a, b) => Number(isLoss(b)) - Number(isLoss(a)));
  return h("label", { class: "pick" }, h("span", { class: "dim" }, "against"),
    h("select", { "aria-label": "Second target", on: { change: (event) => change({ against: event.target.value }, { redraws: true }) } },
      h("option", { value: "" }, "–"), names.map((name) => h("option", { value: name, selected: name === state.against }, name))));
}
