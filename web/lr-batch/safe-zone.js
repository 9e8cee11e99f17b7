// How far learning rate and batch may stray: the region of the surface whose loss is within a
// tolerance of the best, read from the grid that is drawn, so that no request is needed.

import { column } from "../components/figure-data.js";
import { percent, shortRate, si } from "../lib/format.js";

/**
 * The part of the surface around its least value where it is at most `tolerance`: `rate` and `batch`
 * of the whole part, `rateAlone` and `batchAlone` while the other one stays at its best; `isCut`
 * where it reaches the edge of the grid. Null where even the least value is above.
 */
export function safeZone({ x, y, z }, tolerance) {
  const [rates, batches] = [column(x).map(Math.log), column(y).map(Math.log)];
  const values = column(z).flat();
  const wide = rates.length;
  const start = values.indexOf(Math.min(...values));
  if (!(values[start] <= tolerance)) return null;

  let isCut = false;
  /** Where the tolerance is crossed between a cell inside and its neighbour, on the axis that differs. */
  function crossing(inside, outside, from, to) {
    const share = (tolerance - values[inside]) / (values[outside] - values[inside]);
    return from + share * (to - from);
  }
  /** The end of the zone from a cell one step on an axis, or null when the next cell is inside too. */
  function edge(cell, axis, place, step, stride) {
    const next = axis[place + step];
    if (next === undefined) {
      isCut = true;
      return axis[place];
    }
    return values[cell + step * stride] <= tolerance ? null : crossing(cell, cell + step * stride, axis[place], next);
  }

  const whole = { rate: [rates[start % wide]], batch: [batches[Math.floor(start / wide)]] };
  const alone = { rate: [...whole.rate], batch: [...whole.batch] };
  const seen = new Set([start]);
  const waiting = [start];
  while (waiting.length) {
    const cell = waiting.pop();
    const [across, up] = [cell % wide, Math.floor(cell / wide)];
    for (const [name, axis, place, stride] of [["rate", rates, across, 1], ["batch", batches, up, wide]]) {
      for (const step of [-1, 1]) {
        const end = edge(cell, axis, place, step, stride);
        const next = cell + step * stride;
        if (end !== null) {
          whole[name].push(end);
          const isOnLine = name === "rate" ? up === Math.floor(start / wide) : across === start % wide;
          if (isOnLine) alone[name].push(end);
        } else if (!seen.has(next)) {
          seen.add(next);
          waiting.push(next);
        }
      }
    }
  }
  const ends = (list) => ({ low: Math.exp(Math.min(...list)), high: Math.exp(Math.max(...list)) });
  return { rate: ends(whole.rate), batch: ends(whole.batch), rateAlone: ends(alone.rate), batchAlone: ends(alone.batch), isCut };
}

/** The zone as one says it; `tolerance` in per cent of the loss. */
export function zoneInWords(zone, tolerance) {
  if (!zone) return `No setting of the surface is within ${percent(tolerance)}.`;
  const rates = ({ low, high }) => `LR ${shortRate(two(low))} – ${shortRate(two(high))}`;
  const batches = ({ low, high }) => `batch ${si(two(low))} – ${si(two(high))} tokens`;
  return `${rates(zone.rate)} and ${batches(zone.batch)} stay within ${percent(tolerance)} when both move along the outline; `
    + `one alone: ${rates(zone.rateAlone)}, or ${batches(zone.batchAlone)}.${zone.isCut ? " The zone goes on beyond the surface that is drawn." : ""}`;
}

function two(value) {
  return Number(value.toPrecision(2));
}
