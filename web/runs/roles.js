// What the laws read in this project's runs: found by name, shown, and changed here.

import { errorBanner } from "../components/banner.js";
import { get, send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { count } from "../lib/format.js";

const kinds = {
  canonical: "by its own name", alias: "by a well-known name", derived: "computed", mapped: "your mapping",
};
const conventions = [
  ["", "not said"], ["nonEmbedding", "without embeddings"], ["total", "all parameters"], ["active", "active parameters"],
];

/** A card that loads itself; `onChange` is called after the mapping was saved. */
export function rolesCard(project, { onClose, onChange }) {
  const place = h("div", { class: "pad" }, "Loading…");
  const path = `projects/${encodeURIComponent(project)}/roles`;
  const card = h("section", { class: "card", id: "roles", "aria-label": "Roles" },
    h("header", {}, h("h3", {}, "What the laws read"),
      h("small", {}, "a name of a param or metric, or arithmetic: bs*2048, \"smooth loss\""),
      h("div", { class: "tools" }, h("button", { type: "button", class: "quiet", "aria-label": "Close roles", on: { click: onClose } }, "✕"))),
    place);
  load();
  return card;

  async function load() {
    try {
      fill(place, form(await get(path)));
    } catch (error) {
      fill(place, errorBanner(error, load));
    }
  }

  function form(answer) {
    const inputs = new Map();
    const complaint = h("div", {});
    const convention = h("select", { name: "parameterConvention", "aria-label": "What a bare parameterCount counts" },
      conventions.map(([value, label]) => h("option", { value }, label)));
    convention.value = answer.parameterConvention ?? "";
    const rows = answer.roles.map((role) => roleRow(role, inputs));
    return h("form", { on: { submit: (event) => { event.preventDefault(); save(inputs, convention.value, complaint); } } },
      h("div", { class: "scroll" }, h("table", { class: "table" },
        h("thead", {}, h("tr", {}, ["role", "unit", "read from", "how", "runs"].map((name) => h("th", {}, name)))),
        h("tbody", {}, rows))),
      h("label", { class: "field" }, h("span", {}, "parameterCount is"), convention),
      complaint,
      h("button", { type: "submit", class: "button primary" }, "Save"));
  }

  async function save(inputs, parameterConvention, complaint) {
    const expressions = {};
    for (const [role, input] of inputs) if (input.value.trim()) expressions[role] = input.value.trim();
    try {
      const body = { expressions, ...(parameterConvention ? { parameterConvention } : {}) };
      fill(place, form(await send("PUT", path, body)));
      onChange();
    } catch (error) {
      fill(complaint, errorBanner(error, null));
    }
  }
}

/** What was found by itself is a placeholder: only the user's own words are sent back. */
function roleRow(role, inputs) {
  const own = role.kind === "mapped";
  const input = h("input", {
    class: "text-input", name: role.role, value: own ? role.expression : "", placeholder: own ? "" : role.expression ?? "not found",
    "aria-label": `Where ${role.role} is read`, spellcheck: "false", autocomplete: "off", maxlength: "1000",
  });
  inputs.set(role.role, input);
  const missing = role.missingRuns ? ` · ${count(role.missingRuns)} lack it` : "";
  return h("tr", {},
    h("td", {}, role.role), h("td", { class: "dim" }, role.unit), h("td", {}, input),
    h("td", { class: "dim" }, kinds[role.kind] ?? "–"),
    h("td", { class: role.missingRuns ? "warn wrap" : "wrap", title: role.reason ?? "" },
      `${count(role.resolvedRuns)} have it${missing}`, role.reason ? h("div", { class: "dim" }, role.reason) : null));
}
