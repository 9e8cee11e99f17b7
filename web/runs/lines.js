// What is made of the points of lines: smoother ones, and which of them are far from all others.

const medianShare = 5;
const judgedFrom = 40;
const reach = 3;

/**
 * Values with a window in units of x: `smoothing` is its share of the line's extent in per cent for an
 * exponential average, or "median" for the middle value of a window of 5 %.
 */
export function smoothed(x, y, smoothing) {
  const extent = x.at(-1) - x[0];
  return smoothing === "median" ? median(x, y, (extent * medianShare) / 100) : average(x, y, (extent * Number(smoothing)) / 100 || 1);
}

function average(x, y, window) {
  let level = null;
  let before = x[0];
  return y.map((value, index) => {
    if (value === null) return null;
    const keep = level === null ? 0 : Math.exp(-(x[index] - before) / window);
    level = level === null ? value : keep * level + (1 - keep) * value;
    before = x[index];
    return level;
  });
}

function median(x, y, window) {
  let first = 0;
  let last = 0;
  return y.map((value, index) => {
    while (x[first] < x[index] - window / 2) first += 1;
    while (last < x.length && x[last] <= x[index] + window / 2) last += 1;
    if (value === null) return null;
    const part = y.slice(first, last).filter((other) => other !== null).sort((a, b) => a - b);
    return (part[(part.length - 1) >> 1] + part[part.length >> 1]) / 2;
  });
}

/**
 * {count, range} of places whose values are three times further out than nearly all (98 %) reach, and
 * what the others span; null where there are none, or too few points to say so.
 */
export function outliers(list) {
  const values = Float64Array.from(list.flatMap(({ last }) => last.filter(Number.isFinite))).sort();
  if (values.length < judgedFrom) return null;
  const at = (share) => values[Math.round(share * (values.length - 1))];
  const [low, high] = [at(0.02), at(0.98)];
  const [least, most] = [low - reach * (high - low), high + reach * (high - low)];
  const isFar = (value) => value < least || value > most;
  const count = list.reduce((sum, { min, max }) => sum + min.filter((value, index) => isFar(value) || isFar(max[index])).length, 0);
  const kept = values.filter((value) => !isFar(value));
  if (!count || high === low) return null;
  const room = 0.04 * (kept.at(-1) - kept[0]);
  return { count, range: [kept[0] - room, kept.at(-1) + room] };
}
