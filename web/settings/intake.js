// Ways for a job to log here, each as lines to copy.

/** [{id, title, text, lines({address, project}), note?}] */
export const intakes = [
  {
    id: "mlflow", title: "MLflow", text: "A job that logs with the mlflow client (pip install mlflow-skinny) needs the address of this server and the name of the project.",
    lines: ({ address, project }) => [
      `MLFLOW_TRACKING_URI=${address} MLFLOW_EXPERIMENT_NAME=${shell(project)} python train.py`,
      ["import mlflow", `mlflow.set_tracking_uri("${address}")`, `mlflow.set_experiment(${JSON.stringify(project)})`,
        "with mlflow.start_run(run_name=\"first\"):",
        "    mlflow.log_params({\"n_params\": 25e6, \"train_tokens\": 5e8, \"lr\": 3e-3, \"batch_tokens\": 65536})",
        "    for step in range(100): mlflow.log_metric(\"loss\", 4 / (1 + step) ** 0.1, step=step)"].join("\n"),
    ],
  },
  {
    id: "trainer", title: "HF Trainer", text: "The Trainer logs by itself once it is told to report to MLflow.",
    lines: ({ address, project }) => [
      `export MLFLOW_TRACKING_URI=${address}\nexport MLFLOW_EXPERIMENT_NAME=${shell(project)}\nexport MLFLOW_FLATTEN_PARAMS=true`,
      "from transformers import TrainingArguments\narguments = TrainingArguments(output_dir=\"out\", report_to=\"mlflow\", run_name=\"first\", logging_steps=10)",
    ],
    note: "Learning rate, batch and sequence length are found under the Trainer's own names; say the number of parameters as n_params.",
  },
  {
    id: "lightning", title: "Lightning", text: "Lightning has a logger for it.",
    lines: ({ address, project }) => [
      ["from lightning.pytorch import Trainer", "from lightning.pytorch.loggers import MLFlowLogger",
        `logger = MLFlowLogger(experiment_name=${JSON.stringify(project)}, tracking_uri="${address}", run_name="first")`,
        "trainer = Trainer(logger=logger, log_every_n_steps=10)"].join("\n"),
    ],
  },
  {
    id: "cli", title: "Command line", text: "A job without Python, or one that only writes a file: the command line keeps every line on disk until it has arrived.",
    lines: ({ address, project }) => [
      `isoloss --server ${address} log --follow train.jsonl --project ${shell(project)} --name first --until-idle 600`,
      `RUN=$(isoloss --server ${address} log --project ${shell(project)} --name first --param lr=3e-3)\n`
        + `isoloss --server ${address} log --run $RUN --metric loss=2.3 --step 100\nisoloss --server ${address} run finish $RUN`,
    ],
  },
  {
    id: "api", title: "HTTP", text: "Columns of points in one request: a thousand steps cost what one does.",
    lines: ({ address, project }) => [
      `RUN=$(curl -fsS ${address}/api/v1/runs -H 'Content-Type: application/json' \\\n  -d ${shell(JSON.stringify({ project, name: "first", params: { n_params: "25e6", train_tokens: "5e8", lr: "3e-3", batch_tokens: "65536" } }))} | jq -r .id)`,
      `curl -fsS ${address}/api/v1/points -H 'Content-Type: application/json' \\\n  -d "{\\"runs\\": [{\\"run\\": \\"$RUN\\", \\"steps\\": [1, 2, 3], \\"metrics\\": {\\"loss\\": [3.9, 3.7, 3.6]}}]}"`,
      `curl -fsS -X PATCH ${address}/api/v1/runs/$RUN -H 'Content-Type: application/json' -d '{"status": "finished"}'`,
    ],
  },
  {
    id: "file", title: "Files", text: "A table of finished runs, one line a run, or JSON lines with whole curves. The same can be dropped in below.",
    lines: ({ address, project }) => [
      `isoloss --server ${address} import runs.csv --project ${shell(project)} \\\n  --map parameterCount=N --map tokenCount=D --map peakLearningRate=lr \\\n  --map 'batchTokens=bs*2048' --map loss=final_loss --parameter-convention nonEmbedding`,
      `{"name": "first", "params": {"n_params": 25000000, "lr": 0.003}, "metrics": {"loss": {"steps": [1, 2, 3], "values": [3.9, 3.7, 3.6]}}}`,
    ],
    note: "The second is one line of JSON lines: the format of the export too.",
  },
];

function shell(text) {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${String(text).replaceAll("'", "'\\''")}'`;
}
