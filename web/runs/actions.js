// What can be done to the runs that are marked: group, tag, delete; and taking the table elsewhere.

import { errorBanner } from "../components/banner.js";
import { copyButton } from "../components/copy.js";
import { showDialog } from "../components/dialog.js";
import { apiURL, send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { none, plural, wire } from "../lib/format.js";

/** Asks for one operation on `ids`; `onDone()` after the server has done it. */
export function showActions(ids, onDone) {
  const outcome = h("div", { class: "stack", "aria-live": "polite" });
  const text = (name, placeholder) => h("input", { class: "text-input", name, placeholder, "aria-label": placeholder, autocomplete: "off", maxlength: "250" });
  const [group, tag, value] = [text("group", "name of the group, empty for none"), text("tag", "tag"), text("tag-value", "value")];
  const row = (label, button, body, ...inputs) => h("form", { class: "action-form", on: { submit: (event) => { event.preventDefault(); act(body()); } } },
    h("span", { class: "dim" }, label), inputs, h("button", { type: "submit", class: "button" }, button));
  const dialog = showDialog(plural(ids.length, "selected run"),
    row("Group", "Set", () => ({ operation: "group", group: group.value.trim() }), group),
    row("Tag", "Add", () => ({ operation: "tag", tags: { [tag.value.trim()]: value.value } }), tag, value),
    row("Move to the trash, from where they can come back", "Delete", () => ({ operation: "delete" })), outcome);

  async function act(body) {
    try {
      const { changed, refused } = await send("POST", "runs/bulk", { runs: ids, ...body });
      onDone(body.operation);
      if (!refused.length) {
        dialog.close();
        return;
      }
      fill(outcome, h("p", { class: "warn" }, `${plural(changed, "run")} changed; ${refused.length} refused: ${refused[0].reason}`));
    } catch (error) {
      fill(outcome, errorBanner(error, null));
    }
  }
}

/** The table as files of all that pass the filter, and as text of what is loaded. */
export function exportMenu(model) {
  const { project, q, sort } = model.state;
  const file = (format) => h("a", { href: apiURL("runs/export", { project, q, sort, format }), download: `${project}.${format}` }, `all that pass, ${format.toUpperCase()}`);
  return h("details", { class: "picker menu-list" }, h("summary", { class: "chip" }, "export"), h("div", {}, file("csv"), file("jsonl"),
    copyButton("copy the rows as Markdown", () => markdownRows(model), "link"),
    copyButton("copy Python", () => `import pandas\nruns = pandas.read_csv("${apiURL("runs/export", { project, q, sort, format: "csv" })}")\nprint(runs.describe())\n`, "link")));
}

function markdownRows(model) {
  const roles = ["loss", "peakLearningRate", "batchTokens", "tokenCount", "parameterCount"];
  const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
  const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
  const names = ["run", "state", ...roles, ...model.state.cols];
  return [line(names), `|${names.map(() => "---").join("|")}|`, ...model.runs.slice(0, 500).map((run) => line([run.name, run.state ?? run.status,
    ...roles.map((role) => wire(run.roles?.[role] ?? null) ?? none),
    ...model.state.cols.map((name) => (name.startsWith("metrics.") ? run.metrics?.[name.slice(8)]?.last : run.params?.[name.slice(7)]) ?? none)]))].join("\n");
}
