// The text of a report as elements; a figure that stays in the text stays drawn.

import { figureCard, setCaption } from "../components/figure-card.js";
import { apiURL, get } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { markdown } from "../lib/markdown.js";

export class ReportBody {
  #project;
  #figures = new Map();
  element = h("div", { class: "report-body" });

  constructor(project) {
    this.#project = project;
  }

  show(text) {
    const used = new Map();
    const figure = (caption, source) => {
      const key = `${source} ${caption} ${[...used.keys()].filter((name) => name.startsWith(`${source} `)).length}`;
      const card = this.#figures.get(key) ?? this.#make(caption, source);
      used.set(key, card);
      return card;
    };
    fill(this.element, markdown(text, { figure }));
    this.#figures = used;
  }

  #make(caption, source) {
    const [, scheme, rest] = /^(figure|live):(.+)$/.exec(source);
    return scheme === "figure" ? this.#frozen(caption, rest) : this.#live(caption, rest);
  }

  #frozen(caption, id) {
    const item = figureCard(caption || "Figure", { tall: true, source: { json: apiURL(`frozen-figures/${encodeURIComponent(id)}`) } });
    get(`frozen-figures/${encodeURIComponent(id)}`).then((spec) => {
      item.figure.spec = spec;
      setCaption(item.caption, spec.layout?.meta?.answer);
    }, (error) => this.#refuse(item, error));
    return item.card;
  }

  #live(caption, rest) {
    const [kind, text = ""] = rest.split("?");
    const query = { project: this.#project, ...Object.fromEntries(new URLSearchParams(text)) };
    const item = figureCard(caption || kind, { tall: true, source: { kind, query } });
    item.figure.load(encodeURIComponent(kind), query).then(() => setCaption(item.caption, `${item.figure.spec.layout.meta.answer ?? ""} · live`), () => {});
    return item.card;
  }

  /** A figure that cannot be had says why where it would stand. */
  #refuse(item, error) {
    fill(item.figure, h("p", { class: "failed" }, error.message));
    item.figure.dataset.failed = "1";
  }
}
