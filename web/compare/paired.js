// Two lines at the same place on the x axis: their difference, how sure it is, and from where on.

const z = 1.645;
const windowShare = 0.1;

/** Fewer common points say nothing about how sure a difference is. */
export const enoughPoints = 8;

/** The value of a line at `at`, straight between its points; null outside them. */
export function valueAt(x, y, at) {
  if (!x.length || at < x[0] || at > x.at(-1)) return null;
  let low = 0;
  let high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  if (x[high] === x[low]) return y[low];
  const share = (at - x[low]) / (x[high] - x[low]);
  return y[low] + share * (y[high] - y[low]);
}

/** Only points that are numbers, in order. */
export function finiteLine({ x, last }) {
  const keep = x.map((_, index) => index).filter((index) => Number.isFinite(x[index]) && Number.isFinite(last[index]));
  return { x: keep.map((index) => x[index]), y: keep.map((index) => last[index]) };
}

/** The difference to the base at the points of the run that the base covers. */
export function difference(run, base) {
  const points = run.x.map((at, index) => ({ x: at, y: run.y[index], base: valueAt(base.x, base.y, at) })).filter((point) => point.base !== null);
  return { x: points.map((point) => point.x), y: points.map((point) => point.y - point.base) };
}

/**
 * Moving mean over a tenth of the points with a 90 % band: the standard error of the mean of the
 * window, with the number of points lowered by how much neighbours resemble each other.
 */
export function band({ x, y }) {
  const half = Math.max(2, Math.round((y.length * windowShare) / 2));
  const rows = y.map((_, index) => {
    const part = y.slice(Math.max(0, index - half), index + half + 1);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    const deviations = part.map((value) => value - mean);
    const square = deviations.reduce((sum, value) => sum + value * value, 0);
    const neighbours = deviations.slice(1).reduce((sum, value, place) => sum + value * deviations[place], 0);
    const likeness = square > 0 ? Math.min(0.95, Math.max(0, neighbours / square)) : 0;
    const worth = Math.max(1, (part.length * (1 - likeness)) / (1 + likeness));
    const error = part.length > 1 ? Math.sqrt(square / (part.length - 1) / worth) : 0;
    return { mean, low: mean - z * error, high: mean + z * error };
  });
  return { x, mean: rows.map((row) => row.mean), low: rows.map((row) => row.low), high: rows.map((row) => row.high) };
}

/** From where on the band stays on one side of zero: {sign: -1 or 1, from}, or null. */
export function clearFrom({ x, low, high }) {
  if (!x.length) return null;
  const sign = high.at(-1) < 0 ? -1 : low.at(-1) > 0 ? 1 : 0;
  if (!sign) return null;
  let first = x.length - 1;
  while (first > 0 && (sign < 0 ? high[first - 1] < 0 : low[first - 1] > 0)) first -= 1;
  return { sign, from: x[first] };
}

/** How far the base's own loss at the last common place could have been reached earlier: a share of x. */
export function shareToReach(run, base) {
  const end = Math.min(run.x.at(-1) ?? 0, base.x.at(-1) ?? 0);
  const smoothRun = band(run);
  const smoothBase = band(base);
  const goal = valueAt(base.x, smoothBase.mean, end);
  if (goal === null || !(end > 0)) return null;
  const index = smoothRun.mean.findIndex((value) => value <= goal);
  return index < 0 || run.x[index] > end ? null : run.x[index] / end;
}
