// Empty states: what to type to make the page useful.

import { h } from "../lib/dom.js";
import { snippet } from "./copy.js";

export function empty(title, text, ...rest) {
  return h("section", { class: "card empty" }, h("h2", {}, title), text ? h("p", {}, text) : null, rest);
}

/** Five lines that log a first run, then the same from a table. */
export function firstRun(project) {
  const name = project ?? "my-sweep";
  const address = location.origin;
  return [
    h("p", {}, "From any training script, with the plain mlflow client:"),
    snippet([
      "import mlflow",
      `mlflow.set_tracking_uri("${address}"); mlflow.set_experiment("${name}")`,
      "with mlflow.start_run(run_name=\"first\"):",
      "    mlflow.log_params({\"n_params\": 25e6, \"train_tokens\": 5e8, \"lr\": 3e-3, \"batchTokens\": 65536})",
      "    for step in range(100): mlflow.log_metric(\"loss\", 4 / (1 + step) ** 0.1, step=step)",
    ].join("\n")),
    h("p", {}, "Or a job you already have, unchanged:"),
    snippet(`MLFLOW_TRACKING_URI=${address} python train.py`),
    h("p", {}, "Or a table of finished runs:"),
    snippet(`isoloss --server ${address} import runs.csv --project ${name} \\\n`
      + "  --map parameterCount=N --map tokenCount=D --map peakLearningRate=lr \\\n"
      + "  --map 'batchTokens=bs*2048' --map loss=final_loss --parameter-convention nonEmbedding"),
  ];
}
