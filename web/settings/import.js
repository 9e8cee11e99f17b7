// A file of runs, brought in from the browser: what became of every line is said.

import { errorBanner } from "../components/banner.js";
import { get, pageURL, upload } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { count, plural } from "../lib/format.js";

const pause = 400;

export function importCard(project) {
  const outcome = h("div", { class: "stack", "aria-live": "polite" });
  const file = h("input", { type: "file", name: "file", accept: ".csv,.tsv,.jsonl,.json,.gz,text/csv", "aria-label": "File of runs", required: true });
  const map = h("textarea", { class: "text-input", name: "map", rows: "3", spellcheck: "false", placeholder: "parameterCount=N\nbatchTokens=bs*2048", "aria-label": "Where quantities are read, one a line" });
  const name = h("input", { class: "text-input", name: "name", placeholder: "column of names, if any", autocomplete: "off", maxlength: "200" });
  const button = h("button", { type: "submit", class: "button primary" }, "Import");
  const form = h("form", { on: { submit: (event) => { event.preventDefault(); bring(); } } },
    h("label", { class: "field" }, h("span", {}, "File"), file),
    h("label", { class: "field" }, h("span", {}, "Read as"), map),
    h("label", { class: "field" }, h("span", {}, "Names"), name), button);
  return h("details", { class: "card pad", id: "import" }, h("summary", {}, h("h2", { class: "inline" }, "Import a file"), h("span", { class: "dim" }, " CSV or JSON lines, plain or gzipped; importing it again changes nothing")), form, outcome);

  async function bring() {
    const chosen = file.files[0];
    if (!chosen) return;
    button.disabled = true;
    const format = /\.jsonl?(\.gz)?$/i.test(chosen.name) ? "jsonl" : "csv";
    const query = [["project", project], ["format", format], ["name", name.value.trim()], ["label", chosen.name],
      ...map.value.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => ["map", line])];
    try {
      fill(outcome, h("p", { role: "status" }, "Sending…"));
      await follow(await upload("imports", chosen, query));
    } catch (error) {
      fill(outcome, errorBanner(error, null));
    }
    button.disabled = false;
  }

  async function follow(job) {
    let state = job;
    while (state.status !== "finished" && state.status !== "failed") {
      fill(outcome, h("p", { role: "status" }, `Reading, ${Math.round(100 * (state.progress ?? 0))} %`));
      await new Promise((resolve) => setTimeout(resolve, pause));
      state = await get(`imports/${job.id}`);
    }
    if (state.error) fill(outcome, errorBanner(typeof state.error === "object" ? state.error : { message: state.error }, null));
    else fill(outcome, result(state));
  }

  function result(state) {
    const facts = [[state.inserted, "new"], [state.unchanged, "there already"], [state.filtered, "filtered out"], [state.diverged, "diverged"], [state.rejectedCount, "refused"]];
    return [h("p", { class: "ok" }, facts.filter(([number]) => number).map(([number, word]) => `${count(number)} ${word}`).join(" · ") || "The file holds no runs.", " ",
      h("a", { href: pageURL("runs/", { project }) }, "See them")),
    (state.notes ?? []).map((text) => h("p", { class: "dim" }, text)),
    state.rejected?.length ? h("details", {}, h("summary", { class: "warn" }, `${plural(state.rejectedCount ?? state.rejected.length, "line")} refused: why`),
      h("ul", {}, state.rejected.slice(0, 100).map((item) => h("li", {}, `line ${item.line}${item.column ? `, ${item.column}` : ""}: ${item.reason}`)))) : null];
  }
}
