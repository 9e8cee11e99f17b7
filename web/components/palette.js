// The command palette: pages, projects, runs by name, and what the keys of this page do.

import { get, pageURL } from "../lib/api.js";
import { debounce, fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { boundKeys, keyName } from "../lib/keys.js";
import { pages, settings } from "../lib/pages.js";
import { currentProject } from "../lib/url-state.js";

const shownAtMost = 40;
let open = null;
let projects = null;

export function showPalette() {
  if (open) return;
  open = new Palette();
  open.show();
}

class Palette {
  #list = h("ul", { role: "listbox", id: "palette-list", "aria-label": "Commands" });
  #input = h("input", {
    class: "text-input", type: "text", id: "palette-input", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list",
    "aria-label": "Search or run a command", placeholder: "a page, a project, a run, an action", autocomplete: "off", spellcheck: "false", maxlength: "200",
    on: { input: () => { this.#draw(); this.#search(); }, keydown: (event) => this.#press(event) },
  });
  #dialog = h("dialog", { class: "card palette", "aria-label": "Search or run a command" }, this.#input, this.#list);
  #runs = [];
  #found = [];
  #place = 0;
  #request = null;
  #search = debounce(180, () => this.#findRuns());

  show() {
    this.#dialog.addEventListener("close", () => { this.#dialog.remove(); this.#request?.abort(); open = null; });
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#dialog.close());
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#draw();
    this.#listProjects();
  }

  async #listProjects() {
    try {
      projects ??= (await get("projects")).projects;
      this.#draw();
    } catch {
      // Pages and actions work without the server.
    }
  }

  /** Runs of the page's project whose name holds the text. */
  async #findRuns() {
    const text = this.#input.value.trim();
    const project = currentProject();
    this.#request?.abort();
    if (!project || text.length < 2) {
      this.#runs = [];
      this.#draw();
      return;
    }
    this.#request = new AbortController();
    const quoted = `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
    try {
      const page = await get("runs", { project, q: `name ~ ${quoted}`, sort: "-updatedAt", limit: 12, fields: "none" }, { signal: this.#request.signal });
      this.#runs = page.runs;
      this.#draw();
    } catch {
      // A text that the filter cannot read finds no run; the rest of the list stays.
    }
  }

  #draw() {
    const words = this.#input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const has = (item) => words.every((word) => `${item.title} ${item.hint ?? ""}`.toLowerCase().includes(word));
    const begins = (item) => Number(words.length > 0 && !item.title.toLowerCase().startsWith(words[0]));
    this.#found = [...this.#fixed().filter(has).toSorted((a, b) => begins(a) - begins(b)), ...this.#runs.map(runItem)].slice(0, shownAtMost);
    this.#place = Math.min(this.#place, Math.max(0, this.#found.length - 1));
    fill(this.#list, this.#found.length ? this.#found.map((item, index) => this.#row(item, index))
      : h("li", { class: "dim", role: "option", "aria-selected": "false" }, "Nothing by that name."));
    this.#mark();
  }

  #row(item, index) {
    return h("li", {
      role: "option", id: `palette-${index}`, "aria-selected": "false",
      on: { click: () => this.#run(index), mousemove: () => { this.#place = index; this.#mark(); } },
    }, h("span", { class: "kind" }, item.kind), h("span", {}, item.title), h("small", { class: "dim" }, item.hint ?? ""), item.key ? h("kbd", {}, keyName(item.key)) : null);
  }

  #fixed() {
    const project = currentProject();
    const actions = boundKeys().filter(({ key }) => !key.startsWith("g ")).map(({ key, title, action }) => ({ kind: "action", title, key, action }));
    const places = [...pages, settings].map(([, path, label, key, hint]) => ({ kind: "page", title: label, hint, key: `g ${key}`, href: pageURL(path, { project }) }));
    return [{ kind: "page", title: "Projects", key: "g p", href: pageURL("") }, ...places, ...actions,
      ...(projects ?? []).map((item) => ({ kind: "project", title: item.name, hint: plural(item.runCount, "run"), href: pageURL("runs/", { project: item.name }) }))];
  }

  #press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#found.length) {
      event.preventDefault();
      this.#place = (this.#place + step + this.#found.length) % this.#found.length;
      this.#mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.#run(this.#place);
    }
  }

  #mark() {
    for (const [index, row] of [...this.#list.children].entries()) {
      row.setAttribute("aria-selected", String(index === this.#place && this.#found.length > 0));
    }
    const current = this.#found.length ? this.#list.children[this.#place] : null;
    if (current) this.#input.setAttribute("aria-activedescendant", current.id);
    else this.#input.removeAttribute("aria-activedescendant");
    current?.scrollIntoView({ block: "nearest" });
  }

  #run(index) {
    const item = this.#found[index];
    if (!item) return;
    this.#dialog.close();
    if (item.href) location.href = item.href;
    else item.action();
  }
}

function runItem(run) {
  return { kind: "run", title: run.name || run.id.slice(0, 8), hint: run.state ?? run.status, href: pageURL("run/", { project: currentProject(), id: run.id }) };
}
