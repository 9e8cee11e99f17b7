// What happened to a run, what it left behind, and which laws rest on it.

import { errorBanner } from "../components/banner.js";
import { artifactURL, get, listArtifacts, pageURL } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { ago, count, dateTime, loss, percent, si } from "../lib/format.js";

const lawsAtMost = 12;

/** Attempts, changes of params, values that were no numbers, the end. */
export function eventsCard(run, life) {
  const when = (time) => h("time", { title: dateTime(time).title }, dateTime(time).text);
  const events = [
    ...life.attempts.map((attempt, index) => [attempt.startedAt, index ? `resumed${attempt.fromStep ? ` from step ${count(attempt.fromStep)}` : ""}` : "started"]),
    ...life.attempts.filter((attempt) => attempt.endedAt).map((attempt) => [attempt.endedAt, `ended: ${attempt.status}`]),
    ...life.paramChanges.map((change) => [change.changedAt, `${change.key}: ${change.old ?? "not set"} → ${change.new ?? "changed"}`]),
    run.lostAt ? [run.lostAt, "ended by the server for its silence"] : null,
  ].filter(Boolean).toSorted((a, b) => b[0] - a[0]);
  return h("section", { class: "card pad", id: "events" }, h("h3", {}, "Events"),
    h("dl", { class: "facts" }, events.map(([time, text]) => [h("dt", {}, when(time)), h("dd", {}, text)])),
    h("p", { class: "dim" }, `last write ${ago(run.updatedAt)}`));
}

/** Files the job stored, a folder at a time. */
export function filesCard(run) {
  const list = h("div", {});
  const card = h("section", { class: "card pad", id: "files" }, h("h3", {}, "Files"), list);
  load(list, "");
  return card;

  async function load(place, path) {
    try {
      const answer = await listArtifacts(run.id, path);
      const files = answer.files ?? [];
      fill(place, files.length ? h("ul", { class: "files" }, files.map((file) => row(file, answer.root_uri)))
        : h("p", { class: "dim" }, "None stored. ", h("code", {}, "mlflow.log_artifact(path)"), " stores one."));
    } catch (error) {
      fill(place, errorBanner(error, () => load(place, path)));
    }
  }

  function row(file, root) {
    const name = file.path.split("/").at(-1);
    if (!file.is_dir) return h("li", {}, h("a", { href: artifactURL(root, file.path), download: name }, name), h("small", { class: "dim" }, ` ${si(Number(file.file_size ?? 0))}B`));
    const inside = h("div", {});
    const folder = h("details", {}, h("summary", {}, `${name}/`), inside);
    folder.addEventListener("toggle", () => folder.open && !inside.children.length && load(inside, file.path));
    return h("li", {}, folder);
  }
}

/** The newest fit of each law, and what it made of this run: asked for when it is opened. */
export function usesCard(run, project) {
  const place = h("div", {}, h("p", { class: "dim" }, "Loading…"));
  const details = h("details", {}, h("summary", {}, "Which laws rest on it, and how far off they are here"), place);
  let asked = false;
  details.addEventListener("toggle", () => {
    if (!details.open || asked) return;
    asked = true;
    show();
  });
  return h("section", { class: "card pad", id: "uses" }, h("h3", {}, "Fits and predictions"), details);

  async function show() {
    try {
      const [{ fits }, ledger] = await Promise.all([get("fits", { project }), get("predictions", { project })]);
      const newest = [...Map.groupBy(fits.filter((fit) => fit.status === "finished"), (fit) => fit.law).values()].map((list) => list[0]).slice(0, lawsAtMost);
      const bodies = await Promise.allSettled(newest.map((fit) => get(`fits/${fit.id}`)));
      const rows = bodies.filter((body) => body.status === "fulfilled").map(({ value }) => fitRow(value, run.id)).filter(Boolean);
      const kept = ledger.predictions.filter((item) => item.run === run.id || item.scoredRun === run.id);
      fill(place, rows.length || kept.length ? h("ul", { class: "files" }, rows, kept.map(predictionRow)) : h("p", { class: "dim" }, "No fit of this project has seen it."));
    } catch (error) {
      asked = false;
      fill(place, errorBanner(error, show));
    }
  }
}

function fitRow(record, id) {
  const body = record.fit ?? {};
  const used = [...(body.residuals ?? []), ...(body.runs ?? [])].find((item) => (item.runID ?? item.id) === id);
  const left = (body.leftOut ?? []).find((item) => (item.runID ?? item.id ?? item.run) === id);
  if (!used && !left) return null;
  const residual = used?.residualPercent ?? used?.errorPercent ?? null;
  return h("li", {}, h("a", { href: pageURL("fit/", { id: record.id }) }, record.law), " ",
    left ? h("span", { class: "warn" }, `left out: ${left.reason}`) : h("span", { class: "dim" }, `used${typeof residual === "number" ? `, off by ${percent(residual)}` : ""}`));
}

function predictionRow(item) {
  const { value, low, high } = item.predictedLoss;
  return h("li", {}, h("a", { href: pageURL("fit/", { id: item.fit }) }, `${item.law}, frozen`), ` ${loss(value)} (${loss(low)} – ${loss(high)})`,
    item.scoredAt ? h("span", { class: item.inside ? "ok" : "bad" }, `, came ${loss(item.observedLoss)}`) : h("span", { class: "dim" }, ", waiting for the end"));
}
