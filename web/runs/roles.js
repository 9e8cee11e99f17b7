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

// What laws ask for first, in words; the rest is read where a law has a use for it.
const essential = {
  loss: "final loss, the lower the better", parameterCount: "size of the model, N", tokenCount: "tokens it is trained on, D",
  peakLearningRate: "greatest learning rate of the schedule", batchTokens: "tokens in a batch",
};

/** A card that loads itself; `onChange` is called after the mapping was saved. */
export function rolesCard(project, { onClose, onChange }) {
  const place = h("div", { class: "pad" }, "Loading…");
  const path = `projects/${encodeURIComponent(project)}/roles`;
  const card = h("section", { class: "card", id: "roles", "aria-label": "Roles" },
    h("header", {}, h("h3", {}, "Which column is what"),
      h("small", {}, "what the laws read: the name of a param or metric, or arithmetic such as bs*2048"),
      onClose ? h("div", { class: "tools" }, h("button", { type: "button", class: "quiet", "aria-label": "Close roles", on: { click: onClose } }, "✕")) : null),
    place);
  let names = new Map();
  load();
  return card;

  async function load() {
    try {
      const [answer, found] = await Promise.all([get(path), namesOf(project)]);
      names = found;
      fill(place, form(answer));
    } catch (error) {
      fill(place, errorBanner(error, load));
    }
  }

  function form(answer) {
    const inputs = new Map();
    const complaint = h("div", { role: "status" });
    const convention = h("select", { name: "parameterConvention", "aria-label": "What a bare parameterCount counts" },
      conventions.map(([value, label]) => h("option", { value }, label)));
    convention.value = answer.parameterConvention ?? "";
    const [first, rest] = [true, false].map((wanted) => answer.roles.filter((role) => (role.role in essential) === wanted));
    const order = Object.keys(essential);
    first.sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
    const rows = [...first.map((role) => roleRow(role, inputs, names)),
      rest.length ? h("tr", {}, h("th", { colspan: "5", scope: "rowgroup" }, "Only where a law asks for it")) : null, ...rest.map((role) => roleRow(role, inputs, names))];
    return h("form", { on: { submit: (event) => { event.preventDefault(); save(inputs, convention.value, complaint); } } },
      h("div", { class: "scroll" }, h("table", { class: "table" },
        h("thead", {}, h("tr", {}, [["role"], ["unit", "optional"], ["read from"], ["how", "optional"], ["runs"]].map(([name, look]) => h("th", { class: look ?? "" }, name)))),
        h("tbody", {}, rows))),
      h("label", { class: "field" }, h("span", {}, "parameterCount is"), convention),
      h("datalist", { id: "logged-names" }, [...names].map(([name, runs]) => h("option", { value: name }, `in ${count(runs)} runs`))),
      complaint,
      h("button", { type: "submit", class: "button primary" }, "Save"));
  }

  async function save(inputs, parameterConvention, complaint) {
    const expressions = {};
    for (const [role, { input }] of inputs) if (input.value.trim()) expressions[role] = expression(input.value.trim(), names);
    try {
      const body = { expressions, ...(parameterConvention ? { parameterConvention } : {}) };
      fill(place, h("p", { class: "ok", role: "status", id: "roles-saved" }, "Saved. Laws that are fitted from now on read it so."), form(await send("PUT", path, body)));
      onChange();
    } catch (error) {
      const row = inputs.get(error.field?.split(".").at(-1));
      if (row) row.complain(error.message);
      else fill(complaint, errorBanner(error, null));
    }
  }
}

/** What was found by itself is a placeholder: only the user's own words are sent back. */
function roleRow(role, inputs, names) {
  const own = role.kind === "mapped";
  const input = h("input", {
    class: "text-input", name: role.role, value: own ? role.expression : "", placeholder: own ? "" : role.expression ?? "not found",
    "aria-label": `Where ${role.role} is read`, spellcheck: "false", autocomplete: "off", maxlength: "1000", list: "logged-names",
    "aria-describedby": `role-${role.role}`,
    on: { input: () => tell(seen(input.value.trim(), names)) },
  });
  const words = h("small", { class: "dim", role: "status", id: `role-${role.role}` });
  const tell = (text, isWrong = false) => {
    words.textContent = text;
    words.className = isWrong ? "bad" : "dim";
    input.setAttribute("aria-invalid", String(isWrong));
  };
  inputs.set(role.role, { input, complain: (text) => { tell(text, true); input.focus(); } });
  const missing = role.missingRuns ? ` · ${count(role.missingRuns)} lack it` : "";
  return h("tr", {},
    h("td", {}, role.role, essential[role.role] ? h("div", { class: "dim" }, h("small", {}, essential[role.role])) : null), h("td", { class: "dim optional" }, role.unit === "1" ? "–" : role.unit), h("td", {}, input, words),
    h("td", { class: "dim optional" }, kinds[role.kind] ?? "–"),
    h("td", { class: role.missingRuns && role.resolvedRuns ? "warn wrap" : "wrap", title: role.reason ?? "" },
      `${count(role.resolvedRuns)} have it${missing}`, role.reason ? h("div", { class: "dim optional" }, role.reason) : null));
}

/** Params and metrics of the latest runs, each with how many of those have it. */
async function namesOf(project) {
  const { runs } = await get("runs", { project, sort: "-updatedAt", limit: 200 });
  const found = new Map();
  for (const run of runs) {
    for (const name of [...Object.keys(run.params ?? {}), ...Object.keys(run.metrics ?? {})]) found.set(name, (found.get(name) ?? 0) + 1);
  }
  return new Map([...found].filter(([name]) => !name.startsWith("system/")).toSorted((a, b) => b[1] - a[1]).slice(0, 300));
}

/** A logged name with a slash or a space is meant as that name and not as a division. */
function expression(text, names) {
  return names.has(text) && !/^[A-Za-z_][\w.]*$/.test(text) ? `"${text}"` : text;
}

/** What a name being typed would find; arithmetic is counted when it is saved. */
function seen(text, names) {
  const name = text.replace(/^"(.*)"$/, "$1");
  if (!name) return "";
  return names.has(name) ? `in ${count(names.get(name))} of the latest runs` : /^[\w./-]+$/.test(name) ? "in none of the latest runs" : "counted when saved";
}
