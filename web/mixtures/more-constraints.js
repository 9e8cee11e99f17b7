// Constraints beyond shares: other targets that must not get worse, domains that move as one, and the
// size of the model that the mixture is for.

import { h } from "../lib/dom.js";

/** A list of rows of one kind, with a button that adds one; `read()` is JSON for the address. */
function rowList(values, row, read, label) {
  const list = h("div", { class: "stack" }, values.map(row));
  const add = h("button", { type: "button", class: "button", on: { click: () => list.append(row({})) } }, label);
  return {
    parts: [list, add],
    read: () => {
      const found = [...list.children].map(read).filter(Boolean);
      return found.length ? JSON.stringify(found) : "";
    },
  };
}

function removable(legend, look, ...content) {
  const row = h("fieldset", { class: look }, h("legend", { class: "visually-hidden" }, legend), content,
    h("button", { type: "button", class: "quiet", "aria-label": `Remove: ${legend}`, on: { click: () => row.remove() } }, "✕"));
  return row;
}

/** Targets whose predicted loss must stay at or below a limit: [{target, limit}]. */
export function ceilingRows(swarm, own, values) {
  const names = swarm.targets.map((target) => target.name).filter((name) => name !== own);
  return rowList(values, (value) => removable("Keep a target low", "group ceiling",
    h("select", { "aria-label": "Target that is kept" }, names.map((name) => h("option", { value: name, selected: name === value.target }, name))),
    h("input", { class: "text-input", value: value.limit ?? "", placeholder: "at most", "aria-label": "Greatest loss of the target", inputmode: "decimal" })),
  (row) => {
    const limit = row.querySelector("input").value.trim();
    return limit ? { target: row.querySelector("select").value, limit } : null;
  }, "Keep a target");
}

/** Domains that keep their proportions among themselves, as in the mean of the runs: [[domain]]. */
export function frozenRows(swarm, values) {
  return rowList(values, (value) => removable("Domains that move as one", "group frozen",
    h("select", { multiple: true, size: Math.min(5, swarm.domains.length), "aria-label": "Domains that move as one" },
      swarm.domains.map(({ name }) => h("option", { value: name, selected: Array.isArray(value) && value.includes(name) }, name)))),
  (row) => {
    const chosen = [...row.querySelector("select").selectedOptions].map((option) => option.value);
    return chosen.length > 1 ? chosen : null;
  }, "Add a group");
}

/** Both as the server takes them. */
export function moreConstraints(ceilings, frozen, swarm, number) {
  const wanted = {};
  const limits = ceilings.map(({ target, limit }) => ({ target, limit: number(limit) })).filter((item) => item.target && item.limit !== null);
  if (limits.length) wanted.ceilings = limits;
  const means = new Map(swarm.domains.map((domain) => [domain.name, domain.mean]));
  const groups = frozen.filter(Array.isArray).map((names) => ({
    name: names.join(" + "), shares: Object.fromEntries(names.filter((name) => means.get(name) > 0).map((name) => [name, means.get(name)])),
  })).filter((group) => Object.keys(group.shares).length > 1);
  if (groups.length) wanted.frozen = groups;
  return wanted;
}
