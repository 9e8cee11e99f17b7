// Which mixtures to train: a first set, or the next ones after the runs so far, as files to launch.

import { errorBanner, note } from "../components/banner.js";
import { download, tar } from "../lib/download.js";
import { segmented } from "../components/segmented.js";
import { send, sendForText } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { loss, none } from "../lib/format.js";
import { regionOf } from "./constraints.js";
import { dataTable, share } from "./tables.js";

const kinds = {
  next: {
    path: "mixtures/next-runs", count: "4",
    methods: [["effective-data", "lowest by effective data, every third at random"], ["expected-improvement", "most expected improvement"],
      ["lower-bound", "lowest bound of a Gaussian process"], ["random", "at random: the baseline"]],
  },
  design: {
    path: "mixtures/designs", count: "24",
    methods: [["d-optimal", "determine a law best"], ["space-filling", "far from each other"], ["uniform", "uniform over what is allowed"],
      ["dirichlet", "Dirichlet around the reference"], ["regmix", "RegMix's distribution"]],
  },
};
const shownDomains = 5;

/** `page`: {state, swarm, wanted()}. */
export function planCard(page) {
  let kind = "next";
  const place = h("div", { class: "stack", id: "plan", "aria-live": "polite" });
  const form = h("form", { class: "bar", on: { submit } });
  const choose = segmented("What to plan", [["next", "Next runs"], ["design", "A new set"]], kind, (value) => {
    kind = value;
    fields();
  });

  function fields() {
    const { methods, count } = kinds[kind];
    fill(form,
      h("label", { class: "pick" }, h("span", { class: "dim" }, "Runs"), h("input", { class: "text-input short", name: "count", value: count, inputmode: "numeric" })),
      h("label", { class: "pick" }, h("span", { class: "dim" }, "Chosen"), h("select", { name: "method" }, methods.map(([id, words]) => h("option", { value: id }, words)))),
      kind === "next"
        ? h("label", { class: "pick" }, h("span", { class: "dim" }, "Within L1"), h("input", { class: "text-input short", name: "trustRadius", placeholder: "any", inputmode: "decimal" }), h("span", { class: "dim" }, "of a run"))
        : [h("label", { class: "pick" }, h("input", { type: "checkbox", name: "hasDeletions" }), "each domain left out"),
          h("label", { class: "pick" }, h("input", { type: "checkbox", name: "replicates" }), "3 replicates for the noise")],
      h("button", { class: "button primary" }, "Choose mixtures"));
  }

  async function submit(event) {
    event.preventDefault();
    const body = request(kind, page, form.elements);
    fill(place, note("Choosing…"));
    try {
      const plan = await send("POST", kinds[kind].path, body);
      const known = await predictions(page.state, plan);
      fill(place, planTable(plan, known), files(kinds[kind].path, body),
        plan.notes.length ? h("ul", { class: "legend" }, plan.notes.map((text) => h("li", {}, text))) : null);
    } catch (error) {
      fill(place, errorBanner(error));
    }
  }

  fields();
  return h("section", { class: "card pad stack", id: "plans" }, h("div", { class: "bar" }, h("h3", {}, "Which mixtures to train?"), choose),
    form, h("small", { class: "dim" }, "Shares keep to the bounds, epochs and sums of the constraints."), place);
}

function request(kind, { state, wanted }, elements) {
  const all = wanted();
  const body = { project: state.project, method: elements.method.value, count: Number(elements.count.value), seed: 1, constraints: regionOf(all) };
  if (kind === "next") {
    const radius = elements.trustRadius.value.trim();
    return { ...body, target: state.target, ...(radius ? { trustRadius: Number(radius) } : {}) };
  }
  return { ...body, hasDeletions: elements.hasDeletions.checked, replicates: elements.replicates.checked ? 3 : 0,
    ...(all.reference ? { reference: all.reference } : {}) };
}

/** What the fit of the page says of every run of a plan. */
async function predictions(state, plan) {
  const mixtures = plan.runs.map((run) => ({ index: run.name, proportions: run.proportions }));
  const answer = await send("POST", "mixtures/predictions", { project: state.project, target: state.target, mixtures });
  return new Map(answer.predictions.map((item) => [item.index, item]));
}

function planTable(plan, known) {
  return dataTable("Mixtures to train", ["run", "shares", "predicted", "90 % of a run", "reach", "why"], plan.runs.map((run) => {
    const order = Object.entries(run.proportions).filter(([, value]) => value > 0).toSorted(([, a], [, b]) => b - a);
    const words = order.slice(0, shownDomains).map(([name, value]) => `${name} ${share(value)}`).join(", ");
    const said = known.get(run.name);
    return [run.name, words + (order.length > shownDomains ? ", …" : ""), said ? loss(said.prediction) : none,
      said ? `${loss(said.low)} – ${loss(said.high)}` : none,
      said?.isExtrapolation ? h("span", { class: "warn" }, `beyond the runs, L1 ${said.distance.toFixed(2)}`) : "inside",
      run.reason ?? (run.domain ? `${run.purpose}: ${run.domain}` : run.purpose)];
  }), { id: "planned" });
}

function files(path, body) {
  const button = (label, action) => h("button", { type: "button", class: "button", on: { click: async (event) => {
    try {
      await action();
    } catch (error) {
      event.target.after(errorBanner(error));
    }
  } } }, label);
  const whole = (label, format, type) => button(label, async () => {
    download(`mixtures.${format}`, await sendForText("POST", path, body, { format }), type);
  });
  return h("div", { class: "bar", id: "plan-files" }, h("span", { class: "dim" }, "Save as"),
    whole("JSON", "json", "application/json"), whole("YAML", "yaml", "application/yaml"), whole("CSV", "csv", "text/csv"),
    button("RegMix files", async () => download("regmix.tar", tar((await send("POST", path, body, { format: "regmix" })).files), "application/x-tar")));
}
