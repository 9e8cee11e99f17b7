// What stands around the table of runs: saved views, menus, panels, the opened run, roles, sweep.
// Fetched while the list of runs is on its way, so that the table does not wait for it.

import { SavedViews } from "../components/saved-views.js";
import { toggle } from "../components/segmented.js";
import { byID, fill, h, patch } from "../lib/dom.js";
import { panelControls, panelKeys } from "./controls.js";
import { Panels } from "./panels.js";
import { colorPicker, columnPicker, exportMenu, groupPicker, metricPicker } from "./pickers.js";

export class Around {
  #model;
  #table;
  #events;
  #details = h("div", { class: "stack" });
  #bar = h("div", { class: "bar panel-bar" });
  #legend = h("div", { class: "bar legend", id: "legend" });
  #places = { above: null, roles: h("div", { class: "stack" }), sweep: h("div", { class: "stack" }) };
  views = new SavedViews("runs");
  panels;

  /** `events`: onOpen(id), onPin(id), onReload(), page(id) → address */
  constructor(model, table, events) {
    this.#model = model;
    this.#table = table;
    this.#events = events;
    this.panels = new Panels(model, {
      onHover: (id) => table.highlight(id),
      onZoom: (range) => this.#set(range, { fetch: true }),
      onScale: (values) => this.#set(values, { fetch: false }),
      onOpen: (id) => events.onOpen(id),
    });
  }

  /** Into the places that the page keeps for it. */
  place(side, above, views) {
    fill(side, h("h2", { class: "visually-hidden" }, "Curves"), this.#bar, this.#legend, h("div", { class: "stack" }, this.#details, this.panels.element));
    this.#places.above = above;
    fill(above, this.#places.roles, this.#places.sweep);
    fill(views, this.views.element);
    this.views.load();
  }

  /** After the list of runs has come. */
  draw() {
    this.drawBars();
    this.drawDetails();
    this.#drawCards();
    return this.drawPanels();
  }

  drawBars() {
    const { state, hasCurves } = this.#model;
    const model = this.#model;
    this.views.draw();
    patch(byID("menus"), hasCurves ? groupPicker(model, (values) => this.#recolor(values)) : null,
      hasCurves && !state.group ? colorPicker(model, (values) => this.#recolor(values)) : null,
      columnPicker(model, (cols) => { model.update({ cols }); this.#table.render(); }, (left) => { model.update({ left }); this.#table.render(); }),
      toggle("what matters", state.sweep, (on) => this.setSweep(on), "which hyperparameters matter"),
      toggle("which column is what", state.roles, (on) => this.setRoles(on), "what the laws read in these runs"),
      exportMenu(model),
      metricPicker(model, this.panels.metrics, (metrics) => { model.update({ metrics }); this.drawPanels(); }));
    this.#bar.hidden = !hasCurves;
    patch(this.#bar, panelControls(state, (values, options) => this.#set(values, options)));
    this.#drawLegend();
  }

  setSweep(on) {
    this.#model.update({ sweep: on });
    this.#drawCards();
    this.drawBars();
  }

  setRoles(on) {
    this.#model.update({ roles: on });
    this.#drawCards();
    this.drawBars();
  }

  drawDetails() {
    const { state } = this.#model;
    const run = this.#model.run(state.open);
    if (!run) return fill(this.#details);
    return import("./details.js").then(({ runDetails }) => {
      if (this.#model.state.open !== run.id) return;
      const { onOpen, onPin, page } = this.#events;
      fill(this.#details, runDetails(run, { onClose: () => onOpen(""), onPin: () => onPin(run.id), pinned: run.id === this.#model.state.pin, page: page(run.id) }));
    });
  }

  /** Draws the panels, then what the table shows of them. */
  async drawPanels() {
    this.#drawLegend();
    await this.panels.show();
    this.#table.refresh(this.#model.shown);
  }

  /** After more runs of the list have come: what is drawn of all of them. */
  drawMore() {
    this.#drawCards();
    this.redraw();
  }

  /** The same points in other colours or scales. */
  redraw() {
    this.#drawLegend();
    return this.panels.redraw();
  }

  async drawTheme() {
    this.#drawCards();
    await this.#model.recolor();
    this.redraw();
  }

  get keys() {
    return panelKeys(() => this.#model.state, (values, options) => this.#set(values, options));
  }

  #set(values, { fetch }) {
    this.#model.update(values);
    this.drawBars();
    if (fetch) this.drawPanels();
    else this.redraw();
  }

  async #recolor(values) {
    this.#model.update(values);
    await this.#model.recolor();
    this.drawBars();
    this.#table.render();
    this.drawPanels();
  }

  #drawLegend() {
    const { legend, state } = this.#model;
    this.#legend.hidden = !legend;
    if (!legend) return;
    const name = state.color.replace(/^\w+\./, "");
    fill(this.#legend, h("span", {}, `colour: ${name}`), legend.colors
      ? [legend.from, h("i", { class: "scale", role: "img", "aria-label": `from ${legend.from} to ${legend.to}`, css: { background: `linear-gradient(to right, ${legend.colors.join(", ")})` } }), legend.to]
      : legend.map(({ label, color, dash, count }) => h("span", { class: "group-key" },
        h("svg", { class: "dash", width: 26, height: 8, "aria-hidden": "true" }, h("line", { x1: 0, x2: 26, y1: 4, y2: 4, stroke: color, "stroke-width": 2, "stroke-dasharray": dashArrays[dash] })), `${label} (${count})`)));
  }

  async #drawCards() {
    const { state, runs } = this.#model;
    const { roles, sweep, above } = this.#places;
    const [rolesModule, sweepModule] = await Promise.all([state.roles ? import("./roles.js") : null, state.sweep ? import("./sweep.js") : null]);
    if (!state.roles) fill(roles);
    // What is being typed there stays.
    else if (!roles.firstChild) {
      fill(roles, rolesModule.rolesCard(state.project, {
        onClose: () => this.setRoles(false),
        onChange: this.#events.onReload,
      }));
    }
    fill(sweep, sweepModule && runs.length ? sweepModule.sweepCard(this.#model, this.#events.onOpen) : null);
    above.hidden = !roles.firstChild && !sweep.firstChild;
  }
}

const dashArrays = { solid: null, dash: "7 4", dot: "2 3", longdash: "11 4", dashdot: "7 3 2 3" };
