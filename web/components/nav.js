// <il-nav>: the head of every page: project, pages, state of the live stream, theme.

import { get, pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { ago } from "../lib/format.js";
import { bindKeys } from "../lib/keys.js";
import { startTheme, toggleTheme } from "../lib/theme.js";
import { currentProject } from "../lib/url-state.js";

const pages = [
  ["runs", "runs/", "Runs"],
  ["lr-batch", "lr-batch/", "LR × batch"],
  ["scaling", "scaling/", "Scaling"],
  ["critical-batch", "critical-batch/", "Critical batch"],
  ["mixtures", "mixtures/", "Mixtures"],
  ["recommend", "recommend/", "Recommend"],
  ["forecasts", "forecasts/", "Forecasts"],
  ["fits", "fits/", "Fits"],
];

const shortcuts = [
  ["g p, g r, g l, g s, g c, g x, g m, g o, g f", "projects, runs, LR × batch, scaling, critical batch, mixtures, recommend, forecasts, fits"],
  ["/", "filter the runs"], ["j k", "next or previous run"], ["x", "draw the run or not"], ["p", "pin it as base"],
  ["1 – 4", "x: tokens, step, relative, time"], ["l L", "logarithmic y, x"], ["s", "smoothing"],
  ["f", "full screen, in a figure"], ["← → ↑ ↓", "read points, in a figure"], ["Esc", "close the run"],
];

class Nav extends HTMLElement {
  #project = currentProject();
  #live = h("span", { class: "live", role: "status", hidden: true });
  #choose = h("select", { "aria-label": "Project", on: { change: () => this.#switchProject() } });

  #help = h("dialog", { class: "card pad", "aria-label": "Keyboard shortcuts" },
    h("dl", { class: "facts" }, shortcuts.map(([keys, what]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, what)])),
    h("form", { method: "dialog" }, h("button", { class: "button" }, "Close")));

  connectedCallback() {
    startTheme();
    const current = this.getAttribute("current");
    fill(this, h("header", { class: "top" },
      h("a", { class: "brand", href: pageURL("") }, mark(), "Isoloss"),
      h("span", { class: "dim", "aria-hidden": "true" }, "/"),
      this.#choose,
      h("nav", { "aria-label": "Pages" },
        h("a", { href: pageURL(""), "aria-current": current === "projects" ? "page" : null }, "Projects"),
        pages.map(([id, path, label]) => h("a", {
          href: pageURL(path, { project: this.#project }), "aria-current": id === current ? "page" : null,
        }, label))),
      h("span", { class: "spacer" }),
      this.#live,
      h("button", { type: "button", class: "quiet", title: "Keyboard shortcuts", "aria-label": "Keyboard shortcuts", on: { click: () => this.#help.showModal() } }, "?"),
      h("button", {
        type: "button", class: "button", id: "theme", "aria-label": "Light or dark", title: "Light or dark", on: { click: toggleTheme },
      }, "◐")), this.#help);
    bindKeys({
      "?": () => this.#help.showModal(),
      "g p": () => go(""),
      "g r": () => go("runs/"),
      "g l": () => go("lr-batch/"),
      "g s": () => go("scaling/"),
      "g c": () => go("critical-batch/"),
      "g x": () => go("mixtures/"),
      "g m": () => go("recommend/"),
      "g o": () => go("forecasts/"),
      "g f": () => go("fits/"),
    });
    this.#listProjects();
  }

  /** `state`: live, waiting or lost; `sign`: ms of the last event; `running`: count. */
  showLive(state, sign, running) {
    this.#live.hidden = false;
    this.#live.dataset.state = state;
    const age = sign ? ago(sign * 1000) : "never";
    this.#live.textContent = state === "live" ? `live · ${running} running` : `not live · last ${age}`;
    this.#live.title = `last event ${age}`;
  }

  async #listProjects() {
    let projects = [];
    try {
      projects = (await get("projects")).projects;
    } catch {
      // The page's own calls report an unreachable server; the menu just stays short.
    }
    const named = projects.some((project) => project.name === this.#project || project.id === this.#project);
    const options = projects.map((project) => h("option", { value: project.name }, project.name));
    if (!named) options.unshift(h("option", { value: this.#project ?? "" }, this.#project ?? "all projects"));
    fill(this.#choose, options);
    const match = projects.find((project) => project.id === this.#project);
    this.#choose.value = match?.name ?? this.#project ?? "";
  }

  #switchProject() {
    const page = pages.find(([id]) => id === this.getAttribute("current"));
    location.href = pageURL(page ? page[1] : "runs/", { project: this.#choose.value });
  }
}

function go(path) {
  location.href = pageURL(path, path ? { project: currentProject() } : {});
}

function mark() {
  return h("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" },
    h("path", { d: "M1 1h14v14H1zM1 8h7V1", fill: "none", stroke: "currentColor", "stroke-width": "1.8" }));
}

customElements.define("il-nav", Nav);
