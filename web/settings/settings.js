// Settings: what the laws read, how jobs log here, where data is kept, what was deleted.

import "../components/nav.js";
import { errorBanner } from "../components/banner.js";
import { snippet } from "../components/copy.js";
import { segmented } from "../components/segmented.js";
import { apiURL, get, pageURL } from "../lib/api.js";
import { byID, fill, h, markReady } from "../lib/dom.js";
import { ago, plural } from "../lib/format.js";
import { onNavigate, readState, writeState } from "../lib/url-state.js";
import { rolesCard } from "../runs/roles.js";
import { importCard } from "./import.js";
import { intakes } from "./intake.js";
import { projectCard } from "./project.js";
import { trashCard } from "./trash.js";

const defaults = { project: "", job: "mlflow", name: "my-sweep" };
const main = byID("main");
let state = readState(defaults);

function start() {
  const { project } = state;
  fill(main, h("h1", {}, project ? `Settings of ${project}` : "Settings"),
    jobCard(),
    project ? importCard(project) : null,
    project ? rolesCard(project, { onChange() {} }) : h("p", { class: "dim" }, "Choose a project above to say which column is its loss, its learning rate and so on."),
    h("div", { class: "columns-2" }, storageCard(project), accessCard(), project ? projectCard(project) : null, trashCard(project)));
  markReady();
}

/** Lines that make a job log here, for each way of logging. */
function jobCard() {
  const place = h("div", { class: "stack" });
  const show = () => {
    const chosen = intakes.find((item) => item.id === state.job) ?? intakes[0];
    const project = state.project || state.name.trim() || defaults.name;
    fill(place, h("p", {}, chosen.text), chosen.lines({ address: location.origin, project }).map(snippet),
      chosen.note ? h("p", { class: "dim" }, chosen.note) : null,
      h("p", {}, "Its runs appear by themselves at ", h("a", { id: "appears-at", href: pageURL("runs/", { project }) }, `Runs of ${project}`), "."));
  };
  const name = h("input", {
    class: "text-input", id: "project-name", value: state.name, maxlength: "200", autocomplete: "off", spellcheck: "false",
    on: { input: () => { state.name = name.value; writeState(state, defaults); show(); } },
  });
  show();
  return h("section", { class: "card pad stack", id: "intake" }, h("h2", {}, "Point a job here"),
    state.project ? null : h("label", { class: "field" }, h("span", {}, "Name of the project"), name),
    h("div", { class: "wrapping" }, segmented("Way of logging", intakes.map(({ id, title }) => [id, title]), state.job, (job) => {
      state.job = job;
      writeState(state, defaults);
      show();
    })), place);
}

function storageCard(project) {
  const facts = h("dl", { class: "facts" }, h("dt", {}, "server"), h("dd", {}, "asking…"));
  const card = h("section", { class: "card pad stack", id: "storage" }, h("h2", {}, "Where data is kept"),
    facts,
    h("p", {}, "Runs, points and fits are in PostgreSQL, files of runs beside it, in the data folder of the server (", h("code", {}, "--data-dir"), "). Nothing leaves this machine."),
    h("dl", { class: "facts" }, [
      ["ISOLOSS_PURGE_AFTER", "days that what was deleted can come back: 30 unless set, 0 for ever"],
      ["ISOLOSS_LOST_AFTER", "hours of silence after which a running run is ended: 24 unless set"],
      ["ISOLOSS_STALLED_AFTER", "seconds of silence after which a run is shown as stalled: 300 unless set"],
      ["ISOLOSS_REFIT_AFTER", "seconds after a fit before newer runs make it again: 60 unless set"],
    ].map(([name, text]) => [h("dt", {}, h("code", {}, name)), h("dd", {}, text)])),
    h("p", { class: "dim" }, "They are set in the environment of the server when it starts."),
    project ? h("p", {}, h("a", { href: apiURL(`projects/${encodeURIComponent(project)}/export`), download: `${project}.jsonl` }, `Export ${project}`), ": all runs with all points, as the importer reads them.") : null);
  ask();
  return card;

  async function ask() {
    try {
      const [health, one] = await Promise.all([get("health"), project ? get(`projects/${encodeURIComponent(project)}`) : null]);
      fill(facts, h("dt", {}, "server"), h("dd", {}, `version ${health.version}, database ${health.database}`),
        one ? [h("dt", {}, "project"), h("dd", {}, `${plural(one.runCount, "run")}, made ${ago(one.createdAt)}, last write ${ago(one.lastActivity)}`)] : null);
    } catch (error) {
      fill(facts, h("dt", {}, "server"), h("dd", {}, errorBanner(error, ask)));
    }
  }
}

function accessCard() {
  const address = location.origin;
  return h("section", { class: "card pad stack", id: "access" }, h("h2", {}, "Who may read and write"),
    h("p", {}, "A server that listens on this machine only is open to whoever uses the machine. To let other machines in, start it with a token; every request must carry it then."),
    snippet("export ISOLOSS_TOKEN=$(openssl rand -hex 24)\nisoloss-server serve --host 0.0.0.0"),
    h("p", {}, "Jobs and the command line read it from their environment; a browser asks for it once, as the password of any user name."),
    snippet(`MLFLOW_TRACKING_URI=${address} MLFLOW_TRACKING_TOKEN=$ISOLOSS_TOKEN python train.py\n`
      + `curl -H "Authorization: Bearer $ISOLOSS_TOKEN" ${apiURL("projects")}`));
}

onNavigate(() => { state = readState(defaults); start(); });
start();
