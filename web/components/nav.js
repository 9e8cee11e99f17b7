// <il-nav>: the head of every page: project, pages, search, state of the live stream, theme.

import { get, pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { ago, capital } from "../lib/format.js";
import { bindKeys, boundKeys, keyName } from "../lib/keys.js";
import { pages, placeOf, settings } from "../lib/pages.js";
import { startTheme, toggleTheme } from "../lib/theme.js";
import { currentProject, undoState } from "../lib/url-state.js";

const inFigures = [
  ["f", "full screen"], ["← → ↑ ↓", "read point by point"],
];

class Nav extends HTMLElement {
  #place = placeOf(this.getAttribute("page"));
  #project = currentProject();
  #live = h("span", { class: "live", role: "status", hidden: true });
  #choose = h("select", { "aria-label": "Project", on: { change: () => this.#switchProject() } });
  #links = h("nav", { "aria-label": "Pages", id: "page-links" });
  #pages = h("button", {
    type: "button", class: "search-button pages-button", "aria-expanded": "false", "aria-controls": "page-links", on: { click: () => this.#unfold() },
  });
  #settings = h("a", {
    class: "quiet icon", id: "settings-link", title: `${settings[2]}: ${settings[4]}`, "aria-label": settings[2],
    "aria-current": this.#place.section === "settings" ? "page" : null,
  }, "⚙");

  connectedCallback() {
    startTheme();
    document.title = `${this.#place.title} · Isoloss`;
    fill(this, h("a", { class: "skip", href: "#main" }, "To the content"), h("header", { class: "top" },
      h("a", { class: "brand", href: pageURL("") }, mark(), "Isoloss"),
      h("span", { class: "dim", "aria-hidden": "true" }, "/"),
      this.#choose, this.#links, h("span", { class: "spacer" }), this.#live, this.#pages,
      h("button", { type: "button", class: "quiet", id: "share", title: "Copy a link to what is on the screen (y)", on: { click: () => this.#share() } }, "Share"),
      h("button", {
        type: "button", class: "search-button", id: "search", title: "Search or run a command (Ctrl K)", on: { click: openPalette },
      }, "Search", h("kbd", {}, "Ctrl K")),
      this.#settings,
      h("button", { type: "button", class: "quiet icon", title: "Keyboard shortcuts", "aria-label": "Keyboard shortcuts", on: { click: showKeys } }, "?"),
      h("button", {
        type: "button", class: "button", id: "theme", "aria-label": "Light or dark", title: "Light or dark", on: { click: toggleTheme },
      }, "◐")));
    this.#drawLinks();
    this.#bind();
    import("./menus.js").then(({ watchMenus }) => watchMenus());
    this.#listProjects();
  }

  /** For pages whose address names a run or a fit: the project is known once that has come. */
  useProject(name) {
    if (!name || name === this.#project) return;
    this.#project = name;
    this.#drawLinks();
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

  async #share() {
    const { copyText } = await import("./copy.js");
    this.#tell(await copyText(location.href) ? "link copied" : "the browser did not allow it: copy the address");
  }

  /** Where the links have no room in a line, a button shows them. */
  #unfold() {
    const isOpen = this.toggleAttribute("unfolded");
    this.#pages.setAttribute("aria-expanded", String(isOpen));
  }

  /** A word beside the state of the stream, for a moment. */
  #tell(text) {
    const word = h("span", { class: "ok", role: "status" }, text);
    this.#live.before(word);
    setTimeout(() => word.remove(), 2000);
  }

  #drawLinks() {
    const current = this.#place.section;
    fill(this.#links,
      h("a", { href: pageURL(""), "aria-current": current === "projects" ? "page" : null }, "Projects"),
      pages.map(([id, path, label, , question]) => h("a", {
        href: pageURL(path, { project: this.#project }), title: capital(question), "aria-current": id === current ? "page" : null,
      }, label)));
    this.#settings.href = pageURL(settings[1], { project: this.#project });
    const own = [...pages, settings].find(([id]) => id === current);
    this.#pages.textContent = `☰ ${own?.[2] ?? (current === "projects" ? "Projects" : "Pages")}`;
  }

  #bind() {
    const go = (path) => () => { location.href = pageURL(path, path ? { project: this.#project } : {}); };
    bindKeys({
      "?": ["keyboard shortcuts", showKeys],
      y: ["copy a link to what is on the screen", () => this.#share()],
      u: ["take the last change of the view back", () => undoState() || this.#tell("nothing to take back")],
      P: ["print the page with all its figures", printThis],
      "g p": ["Projects", go("")],
      ...Object.fromEntries([...pages, settings].map(([, path, label, key]) => [`g ${key}`, [label, go(path)]])),
    });
    addEventListener("keydown", (event) => {
      // The browser's own printing would not wait for figures that were never on the screen.
      const action = { k: openPalette, p: printThis }[event.key.toLowerCase()];
      if (!action || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      action();
    });
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
    const page = [...pages, settings].find(([id]) => id === this.#place.section);
    location.href = pageURL(page ? page[1] : "runs/", { project: this.#choose.value });
  }
}

async function printThis() {
  const { printPage } = await import("./print.js");
  printPage();
}

/** The palette is fetched when it is first asked for. */
async function openPalette() {
  const { showPalette } = await import("./palette.js");
  showPalette();
}

/** What the keys do on this page, and nothing that they do not do here. */
async function showKeys() {
  const { showDialog } = await import("./dialog.js");
  const rows = (list) => h("dl", { class: "facts" }, list.map(([key, title]) => [h("dt", {}, h("kbd", {}, keyName(key))), h("dd", {}, title)]));
  const keys = boundKeys().map(({ key, title }) => [key, title]);
  const own = keys.filter(([key]) => !key.startsWith("g ") && key !== "?");
  showDialog("Keyboard shortcuts", h("div", { class: "columns-3 keys" },
    h("div", {}, h("h3", {}, "This page"), rows([["Ctrl K", "search or run a command"], ...own])),
    h("div", {}, h("h3", {}, "Go to"), rows(keys.filter(([key]) => key.startsWith("g ")))),
    h("div", {}, h("h3", {}, "In a figure"), rows(inFigures))));
}

function mark() {
  return h("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" },
    h("path", { d: "M1 1h14v14H1zM1 8h7V1", fill: "none", stroke: "currentColor", "stroke-width": "1.8" }));
}

customElements.define("il-nav", Nav);
