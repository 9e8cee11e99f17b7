// The compared runs as lines over the hyperparameters that differ, alone or among all runs of the project.

import { parallelCoordinates } from "../components/parcoords.js";
import { toggle } from "../components/segmented.js";
import { get, pageURL } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { seriesLook } from "../lib/theme.js";
import { role } from "../runs/model.js";

const axesAtMost = 7;
const othersAtMost = 500;

/** Null where nothing differs. `others`: whether the runs that are not compared are drawn too; `onOpen(id)` for a line that is pressed. */
export async function coordinatesCard({ project, runs, compared, others, onOthers, onOpen }) {
  const keys = compared.params.filter((item) => new Set(item.values).size > 1).toSorted((a, b) => Number(b.kind === "number") - Number(a.kind === "number"))
    .map((item) => item.key).slice(0, axesAtMost);
  const own = runs.map((run, index) => ({ run, name: run.name, look: { color: seriesLook(index).color, look: "own" } })).filter(hasLoss);
  if (!keys.length || !own.length) return null;
  const rest = others ? await otherRuns(project, runs) : [];
  const axes = [...keys.map((key) => ({ title: key.length > 20 ? `${key.slice(0, 19)}…` : key, value: ({ run }) => run.params?.[key] ?? "" })),
    { title: "loss", value: ({ run }) => role(run, "loss") }];
  const label = `${own.map(({ name }) => name).join(", ")} over ${keys.join(", ")} and loss${rest.length ? `, among ${plural(rest.length, "other run")}` : ""}`;
  return h("section", { class: "card", id: "coordinates" },
    h("header", {}, h("h3", {}, "Where they stand"), h("small", {}, "a line a run over what differs, to its last loss"),
      h("div", { class: "tools" }, toggle("all runs", others, onOthers, `also the other runs of the project, the best ${othersAtMost}`),
        h("a", { class: "quiet", href: pageURL("runs/", { project, sweep: "1" }) }, "which hyperparameters matter"))),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Where they stand" }, parallelCoordinates(axes, [...rest, ...own], { label, onOpen: (item) => onOpen(item.run.id) })));
}

const hasLoss = ({ run }) => Number.isFinite(role(run, "loss"));

async function otherRuns(project, runs) {
  const answer = await get("runs", { project, sort: "roles.loss", limit: othersAtMost });
  return answer.runs.filter((run) => !runs.some((other) => other.id === run.id))
    .map((run) => ({ run, name: run.name, look: { color: "var(--dim)", look: "other" } })).filter(hasLoss);
}
