// What may be typed in the query line of a project: its roles, params, tags and metrics, and their values.

import { plain } from "../lib/format.js";

const fixed = [
  ["status", "state of the job"], ["name", "name of the run"], ["group", "group"], ["user", "who ran it"],
  ["loss", "role"], ["parameterCount", "role"], ["tokenCount", "role"], ["peakLearningRate", "role"], ["batchTokens", "role"],
  ["sequenceLength", "role"], ["stepCount", "role"], ["computeFLOPs", "role"], ["N", "parameters"], ["D", "tokens"],
];
const statuses = ["scheduled", "running", "finished", "failed", "killed"];
const valuesAtMost = 60;

/** `model`: the runs loaded so far and the metrics of the project. */
export function querySource(model) {
  return {
    names() {
      const known = new Map(fixed);
      for (const run of model.runs.slice(0, 200)) {
        for (const name of Object.keys(run.params ?? {})) if (!known.has(name)) known.set(name, "param");
        for (const name of Object.keys(run.tags ?? {})) if (!known.has(name) && !name.startsWith("mlflow.")) known.set(name, "tag");
      }
      for (const { name } of model.metrics) if (!known.has(name)) known.set(name, "metric");
      return [...known].map(([name, hint]) => ({ name, hint }));
    },
    values(asked) {
      if (asked === "status") return statuses;
      const name = { N: "parameterCount", D: "tokenCount" }[asked] ?? asked;
      const found = new Set();
      for (const run of model.runs) {
        const value = run.params?.[name] ?? run.tags?.[name] ?? run.roles?.[name] ?? (["name", "group"].includes(name) ? run[name] : null);
        if (value !== null && value !== undefined && value !== "") found.add(typeof value === "number" ? plain(value) : String(value));
        if (found.size >= valuesAtMost) break;
      }
      return [...found].toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    },
  };
}
