// Which laws of a project can be trusted, in numbers: the newest fit of each.

import { answerStrip } from "../components/answer.js";
import { percent, plural } from "../lib/format.js";

/** Null while nothing has been fitted. */
export function trustStrip(fits, cards) {
  const titles = new Map(cards.map((card) => [card.id, card.title]));
  const newest = [...Map.groupBy(fits, (fit) => fit.law).values()].map(([fit]) => fit);
  const finished = newest.filter((fit) => fit.status === "finished");
  const judged = finished.filter(({ diagnostics: found }) => Number.isFinite(found?.heldOutErrorPercent) && Number.isFinite(found?.baselineErrorPercent));
  if (!newest.length) return null;
  const own = ({ diagnostics }) => diagnostics.heldOutErrorPercent / diagnostics.baselineErrorPercent;
  const good = judged.filter((fit) => own(fit) < 1);
  const [best] = judged.toSorted((a, b) => own(a) - own(b));
  const failed = newest.filter((fit) => fit.status === "failed");
  const stale = Math.max(0, ...finished.map((fit) => fit.staleRuns ?? 0));
  const named = (list) => list.slice(0, 3).map((fit) => titles.get(fit.law) ?? fit.law).join("; ") + (list.length > 3 ? "; …" : "");
  return answerStrip([
    { key: "Better than naive rules", value: `${good.length} of ${judged.length}`, tone: judged.length && good.length === judged.length ? "ok" : good.length ? "" : "warn", range: "laws, on runs that were left out of the fit" },
    best ? { key: "Furthest ahead of them", words: true, value: titles.get(best.law) ?? best.law, range: `error ${percent(best.diagnostics.heldOutErrorPercent)}, best naive rule ${percent(best.diagnostics.baselineErrorPercent)}` } : null,
    failed.length ? { key: "Not determined by the runs", value: String(failed.length), tone: "warn", range: named(failed), title: failed.map((fit) => `${titles.get(fit.law) ?? fit.law}: ${fit.error?.message ?? "failed"}`).join("\n") } : null,
    { key: "Runs since", value: String(stale), tone: stale ? "warn" : "", range: stale ? `${plural(stale, "run")} finished after a fit; it is made again by itself` : "every fit knows all finished runs" },
  ]);
}
