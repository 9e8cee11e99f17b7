// Colours by what the runs have: a value each where there are few, else a scale.

import { plain } from "../lib/format.js";
import { color, seriesLook } from "../lib/theme.js";

const classesAtMost = 8;
const scaleEnds = ["series-0", "series-3", "series-1"];
const missing = "not set";

/** What a run has under `key`: "params.X", "tags.X", "metrics.X", "roles.X", "group" or "state"; null where it has none. */
function valueOf(run, key) {
  const at = key.indexOf(".");
  const [kind, name] = at < 0 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
  const value = { params: run.params?.[name], tags: run.tags?.[name], metrics: run.metrics?.[name]?.last, roles: run.roles?.[name], group: run.group, state: run.state ?? run.status }[kind];
  return value === undefined || value === "" ? null : value;
}

/**
 * {look(run) → {color, dash}, legend} for the drawn runs. Values have the same colours whichever runs are
 * drawn, as long as the list has few of them; dashes tell those that are drawn apart without colours. Many numbers are a
 * scale, by their logarithm over more than a decade.
 */
export function coloring(listed, drawn, key) {
  const few = (runs) => {
    const values = [...new Set(runs.map((run) => valueOf(run, key)).filter((value) => value !== null).map(String))];
    return values.length <= classesAtMost ? values : null;
  };
  const numbers = drawn.map((run) => valueOf(run, key)).filter((value) => value !== null).map(Number);
  const isNumber = numbers.length > 0 && numbers.every((value) => !Number.isNaN(value));
  const values = few(listed) ?? few(drawn);
  if (!values && isNumber) return scale(numbers.filter(Number.isFinite), key);
  return classes(values ?? few(drawn.slice(0, classesAtMost)), drawn, key, isNumber);
}

function classes(values, drawn, key, isNumber) {
  const sorted = values.toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const present = new Set(drawn.map((run) => String(valueOf(run, key))));
  const places = sorted.filter((value) => present.has(value));
  const looks = new Map(sorted.map((value, index) => [value, {
    color: isNumber ? between(sorted.length > 1 ? index / (sorted.length - 1) : 0) : seriesLook(index).color,
    dash: seriesLook(8 * (Math.max(0, places.indexOf(value)) % 5)).dash,
  }]));
  const none = { color: color("dim"), dash: "solid" };
  const name = (run) => (valueOf(run, key) === null ? missing : looks.has(String(valueOf(run, key))) ? String(valueOf(run, key)) : "others");
  const counts = Map.groupBy(drawn, name);
  return {
    look: (run) => looks.get(name(run)) ?? none,
    legend: [...sorted, "others", missing].filter((value) => counts.has(value)).map((value) => ({ label: isNumber && value !== missing ? plain(Number(value)) : value, count: counts.get(value).length, ...(looks.get(value) ?? none) })),
  };
}

function scale(numbers, key) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const isLog = low > 0 && high / low > 10;
  const place = (value) => (isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low || 1));
  return {
    look(run) {
      const value = valueOf(run, key) === null ? NaN : Number(valueOf(run, key));
      return { color: Number.isFinite(value) ? between(place(value)) : color("dim"), dash: "solid" };
    },
    legend: { from: plain(low), to: plain(high), colors: [0, 0.25, 0.5, 0.75, 1].map(between) },
  };
}

/** A colour of the scale: 0 is its low end. All are as dark, or as light, as lines must be. */
export function between(share) {
  const at = Math.min(Math.max(share, 0), 1) * (scaleEnds.length - 1);
  const step = Math.min(Math.floor(at), scaleEnds.length - 2);
  const [from, to] = [scaleEnds[step], scaleEnds[step + 1]].map((name) => color(name).match(/[\d.]+/g).map(Number));
  return `rgb(${[0, 1, 2].map((part) => Math.round(from[part] + (at - step) * (to[part] - from[part]))).join(", ")})`;
}
