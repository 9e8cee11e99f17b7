// What to type to log a first run.

import { pageURL } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { intakes } from "../settings/intake.js";
import { snippet } from "./copy.js";

/** Lines that log a first run, lines for a job that is there already, and where the other ways stand. */
export function firstRunLines(project) {
  const name = project ?? "my-sweep";
  const [mlflow] = intakes;
  const [job, lines] = mlflow.lines({ address: location.origin, project: name });
  return [
    h("p", {}, "From any training script, with the plain mlflow client (", h("code", {}, "pip install mlflow-skinny"), "):"), snippet(lines),
    h("p", {}, "Or a job that logs with mlflow already, unchanged:"), snippet(job),
    h("p", {}, "Or a file of finished runs, HF Trainer, Lightning, the command line, HTTP: ", h("a", { href: pageURL("settings/", project ? { project } : {}) }, "all ways, as lines to copy")),
  ];
}
