// Writing a report: text and what it looks like side by side, saved only when it is still the same report.

import { errorBanner } from "../components/banner.js";
import { get, pageURL } from "../lib/api.js";
import { debounce, fill, h } from "../lib/dom.js";
import { ReportBody } from "./body.js";

export class Editor {
  #saved;
  #events;
  #notices = h("div", { class: "stack" });
  #state = h("span", { class: "dim", role: "status" });
  #title;
  #text;
  #body;
  #saving = Promise.resolve(true);
  element;

  /** `onSave({title, markdown})` answers the stored report, `onClose()`. */
  constructor(report, project, events) {
    this.#saved = { title: report.title, markdown: report.markdown };
    this.#events = events;
    this.#body = new ReportBody(project);
    const draw = debounce(300, () => this.#body.show(this.#text.value));
    const changed = () => { this.#say(); draw(); };
    this.#title = h("input", { class: "text-input", id: "report-title", value: report.title, "aria-label": "Title", maxlength: "300", on: { input: changed } });
    this.#text = h("textarea", { class: "text-input", id: "report-text", value: report.markdown, "aria-label": "Text in Markdown", spellcheck: "true", maxlength: "200000", on: { input: changed } });
    this.#body.show(report.markdown);
    this.element = h("div", { class: "stack" },
      h("div", { class: "bar not-printed" }, this.#title, this.#state, h("span", { class: "spacer" }), this.#figureMenu(project),
        h("button", { type: "button", class: "button", id: "done", on: { click: () => this.#close() } }, "Done"),
        h("button", { type: "button", class: "button primary", id: "save", title: "Ctrl S", on: { click: () => this.#save() } }, "Save")),
      this.#notices,
      h("div", { class: "editor" }, this.#text, h("article", { class: "card pad report", "aria-label": "Preview" }, this.#body.element)),
      h("p", { class: "dim not-printed" }, "Markdown: # heading, **bold**, - list, | table |, ![caption](live:KIND?parameters=1e8), ![caption](figure:ID), [a run](run:ID)."));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#save();
    });
    this.#say();
  }

  get isChanged() {
    return this.#title.value !== this.#saved.title || this.#text.value !== this.#saved.markdown;
  }

  focus() {
    this.#text.focus();
  }

  #say() {
    this.#state.textContent = this.isChanged ? "not saved yet" : "saved";
  }

  /** One after the other: each save names the version that the one before it made. */
  #save() {
    this.#saving = this.#saving.then(() => this.#store());
    return this.#saving;
  }

  async #store() {
    if (!this.isChanged) return true;
    const values = { title: this.#title.value.trim() || "Untitled report", markdown: this.#text.value };
    try {
      await this.#events.onSave(values);
      this.#saved = values;
      this.#title.value = values.title;
      fill(this.#notices);
      this.#say();
      return true;
    } catch (error) {
      fill(this.#notices, errorBanner(error, null));
      return false;
    }
  }

  async #close() {
    if (await this.#save()) this.#events.onClose();
  }

  /** Frozen figures of the project, put in where the cursor is. */
  #figureMenu(project) {
    const list = h("div", {});
    const menu = h("details", { class: "picker" }, h("summary", { class: "button" }, "Insert figure"), list);
    menu.addEventListener("toggle", async () => {
      if (!menu.open) return;
      try {
        const [{ figures: frozen }, { figures: kinds }] = await Promise.all([get("frozen-figures", { project }), get("figures")]);
        const row = (title, line) => h("button", { type: "button", class: "link", on: { click: () => { menu.open = false; this.#insert(line); } } }, title);
        fill(list, h("div", { class: "dim" }, "Frozen"), frozen.length ? frozen.map((item) => row(item.title, `![${item.title}](figure:${item.id})`)) : h("a", { href: pageURL("fits/", { project }) }, "none: freeze one from its menu"),
          h("div", { class: "dim" }, "Live"), kinds.filter((item) => !item.parameters.some((name) => name === "run" || name === "runs")).map((item) => row(item.title, `![${item.title}](live:${item.kind})`)));
      } catch (error) {
        fill(list, errorBanner(error, null));
      }
    });
    return menu;
  }

  #insert(line) {
    const { selectionStart: at, value } = this.#text;
    const before = value.slice(0, at);
    const gap = before && !before.endsWith("\n") ? "\n\n" : "";
    this.#text.setRangeText(`${gap}${line}\n`, at, this.#text.selectionEnd, "end");
    this.#text.dispatchEvent(new Event("input"));
    this.#text.focus();
  }
}
