// What was set: hyperparameters to copy, what the laws read, tags and a note to edit.

import { errorBanner } from "../components/banner.js";
import { copyButton } from "../components/copy.js";
import { send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { loss, plain, plural } from "../lib/format.js";
import { markdown } from "../lib/markdown.js";

const noteTag = "mlflow.note.content";
const searchFrom = 12;

/** `onChange(run)` hears the run as the server has it after an edit. */
export function factsCards(run, onChange) {
  return [paramsCard(run), rolesCard(run), noteCard(run, onChange)];
}

function paramsCard(run) {
  const params = Object.entries(run.params ?? {}).toSorted(([a], [b]) => a.localeCompare(b));
  const list = h("dl", { class: "facts" });
  const draw = (text) => {
    const wanted = text.trim().toLowerCase();
    const found = params.filter(([name, value]) => `${name} ${value}`.toLowerCase().includes(wanted));
    fill(list, found.length ? found.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]) : h("dd", { class: "dim" }, params.length ? "None by that name." : "None logged."));
  };
  draw("");
  const object = () => Object.fromEntries(params);
  return h("section", { class: "card", id: "params" },
    h("header", {}, h("h3", {}, "Hyperparameters"), h("small", {}, plural(params.length, "param")),
      h("div", { class: "tools" }, copyButton("JSON", () => JSON.stringify(object(), null, 2), "quiet"), copyButton("YAML", () => yaml(params), "quiet"),
        copyButton("flags", () => params.map(([name, value]) => `--${name}=${shellText(value)}`).join(" "), "quiet"))),
    h("div", { class: "pad" },
      params.length >= searchFrom ? h("input", { class: "text-input", type: "search", placeholder: "find", "aria-label": "Find a hyperparameter", on: { input: (event) => draw(event.target.value) } }) : null,
      h("div", { class: "scroll facts-scroll", tabindex: "0", role: "region", "aria-label": "Hyperparameters" }, list)));
}

function yaml(params) {
  return params.map(([name, value]) => `${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}: ${/^-?[\d.]+(e[+-]?\d+)?$/i.test(value) ? value : JSON.stringify(value)}\n`).join("");
}

function shellText(value) {
  return /^[\w.,:/@%+=-]+$/.test(value) ? value : `'${String(value).replaceAll("'", "'\\''")}'`;
}

function rolesCard(run) {
  const roles = Object.entries(run.roles ?? {});
  return h("section", { class: "card pad", id: "run-roles" }, h("h3", {}, "What the laws read"),
    h("dl", { class: "facts" }, roles.length ? roles.map(([name, value]) => [h("dt", {}, name), h("dd", {}, name === "loss" ? loss(value) : plain(value))])
      : h("dd", { class: "dim" }, "Nothing yet: see Settings for the names that are looked for.")));
}

function noteCard(run, onChange) {
  const place = h("div", { class: "stack" });
  const card = h("section", { class: "card pad", id: "note" }, h("h3", {}, "Note and tags"), place);
  const save = async (changes) => {
    try {
      Object.assign(run, await send("PATCH", `runs/${run.id}`, changes));
      onChange(run);
      show();
    } catch (error) {
      place.querySelector(".banner")?.remove();
      place.prepend(errorBanner(error, null));
    }
  };
  function show() {
    const tags = Object.entries(run.tags ?? {}).filter(([name]) => name !== noteTag).toSorted(([a], [b]) => a.localeCompare(b));
    fill(place, run.note ? h("div", { class: "report-body note-text" }, markdown(run.note)) : null, noteForm(run, save),
      h("ul", { class: "tags" }, tags.map(([name, value]) => h("li", {}, h("span", { class: "dim" }, name), " ", h("span", {}, value),
        h("button", { type: "button", class: "quiet", "aria-label": `Remove the tag ${name}`, on: { click: () => save({ tags: { [name]: null } }) } }, "✕")))),
      tagForm(save));
  }
  show();
  return card;
}

function noteForm(run, save) {
  const area = h("textarea", { class: "text-input", rows: "3", "aria-label": "Note", placeholder: "What is it for, what came of it?", value: run.note ?? "", maxlength: "20000", on: { input: () => { button.hidden = area.value === (run.note ?? ""); } } });
  const button = h("button", { type: "submit", class: "button", hidden: true }, "Save the note");
  const form = h("form", { on: { submit: (event) => { event.preventDefault(); save({ note: area.value }); } } }, area, button);
  return run.note ? h("details", {}, h("summary", { class: "dim" }, "Edit the note"), form) : form;
}

function tagForm(save) {
  const name = h("input", { class: "text-input", name: "tag", placeholder: "tag", "aria-label": "Name of a new tag", maxlength: "250", autocomplete: "off" });
  const value = h("input", { class: "text-input", name: "tag-value", placeholder: "value", "aria-label": "Value of the new tag", maxlength: "5000", autocomplete: "off" });
  return h("form", { class: "tag-form", on: { submit: (event) => {
    event.preventDefault();
    if (name.value.trim()) save({ tags: { [name.value.trim()]: value.value } });
  } } }, name, value, h("button", { type: "submit", class: "button" }, "Add"));
}
