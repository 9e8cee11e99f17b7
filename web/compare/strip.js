// The answer about several runs: which is lowest, by how much at the same place, and since when.

import { answerStrip } from "../components/answer.js";
import { count, loss, none, percent, signed } from "../lib/format.js";
import { writePlace } from "../runs/curves.js";
import { role } from "../runs/model.js";
import { band, clearFrom, difference, enoughPoints, finiteLine, shareToReach } from "./paired.js";

const namedAtMost = 3;

export function compareStrip({ runs, base, compared, metric, lines, axis }) {
  const differing = compared.params.filter((item) => new Set(item.values).size > 1).map((item) => item.key);
  const named = differing.length <= namedAtMost ? differing.join(", ") : "";
  const ranked = runs.filter((run) => Number.isFinite(role(run, "loss"))).toSorted((a, b) => role(a, "loss") - role(b, "loss"));
  const [first, second] = ranked;
  const rival = ranked.find((run) => run.id !== base.id) ?? runs.find((run) => run.id !== base.id);
  return answerStrip([
    first ? { key: "Lowest last loss", value: loss(role(first, "loss")), range: `${first.name}${second ? ` · ${signed(role(second, "loss") - role(first, "loss"))} to ${second.name}` : ""}` }
      : { key: "Lowest last loss", value: none, range: "no run has a metric that is read as the loss" },
    { key: "Differing hyperparameters", value: count(differing.length), range: [named, `of ${count(compared.params.length)} logged`].filter(Boolean).join(" · ") },
    ...(rival ? matched(rival, base, metric, lines, axis) : []),
  ]);
}

function matched(run, base, metric, lines, axis) {
  if (!metric || !lines.get(run.id) || !lines.get(base.id)) return [];
  const own = finiteLine(lines.get(run.id));
  const other = finiteLine(lines.get(base.id));
  const found = difference(own, other);
  if (found.x.length < enoughPoints) return [{ key: `Difference in ${metric}`, value: none, range: `${run.name} has ${found.x.length || "no"} points of it in common with the base: too few to judge` }];
  const smooth = band(found);
  const clear = clearFrom(smooth);
  const half = (smooth.high.at(-1) - smooth.low.at(-1)) / 2;
  const place = (value) => writePlace(axis, value);
  const share = clear?.sign < 0 ? shareToReach(own, other) : null;
  return [
    {
      key: `Difference in ${metric} at ${place(found.x.at(-1))}`, value: `${signed(smooth.mean.at(-1))} ± ${half.toFixed(4)}`,
      tone: clear ? (clear.sign < 0 ? "ok" : "bad") : "", range: `${run.name} − ${base.name}`,
    },
    {
      key: "Clearly apart", words: true, value: clear ? `from ${place(clear.from)}` : "not yet", tone: clear ? "" : "warn",
      range: clear ? `90 % band ${clear.sign < 0 ? "below" : "above"} zero from there to the end` : "the 90 % band holds zero at the end",
    },
    share !== null && share < 1 && axis !== "time" ? { key: "The base's loss, reached after", value: percent(100 * share), range: `of the ${axis === "step" ? "steps" : axis} that the base took` } : null,
  ].filter(Boolean);
}
