// How much of the order of the losses goes with each hyperparameter: by ranks, so that one blown-up run counts once.

const binsAtMost = 6;
const fewestOfWord = 3;
const fewest = 8;

/**
 * [{key, also, share, values, isNumber}] of keys with more than one value, the greatest share first;
 * `also` are keys that tell the same runs apart. The
 * share is epsilon squared of Kruskal and Wallis, adjusted for the number of values: near 0 where a
 * key has nothing to do with the loss, 1 where it orders all runs. `rows`: [{loss, params}].
 */
export function importance(rows) {
  if (rows.length < fewest) return [];
  const ranks = ranksOf(rows.map((row) => (Number.isFinite(row.loss) ? row.loss : Infinity)));
  const seen = new Map();
  for (const key of new Set(rows.flatMap((row) => Object.keys(row.params)))) {
    const texts = rows.map((row) => row.params[key] ?? "");
    // A table may hold the loss itself as a column.
    if (rows.every((row, index) => texts[index] !== "" && Number(texts[index]) === row.loss)) continue;
    const kind = partition(texts);
    const twin = seen.get(kind);
    if (twin) twin.also.push(key);
    else seen.set(kind, { key, also: [], ...keyShare(texts, ranks) });
  }
  return [...seen.values()].filter((item) => item.values > 1).toSorted((a, b) => b.share - a.share || a.key.localeCompare(b.key));
}

/**
 * The same for keys that tell the same runs apart, whatever their values are called; where every run
 * has a value of its own, only for the same values.
 */
function partition(texts) {
  const first = new Map();
  if (new Set(texts).size === texts.length) return texts.join("\n");
  return texts.map((text, index) => {
    if (!first.has(text)) first.set(text, index);
    return first.get(text);
  }).join();
}

function keyShare(texts, ranks) {
  const values = new Set(texts).size;
  const numbers = texts.map(Number);
  const isNumber = texts.every((text) => text !== "") && numbers.every(Number.isFinite);
  if (tellsApart(values, isNumber, numbers)) return { share: 0, values, isNumber };
  const places = isNumber && values > binsAtMost ? binned(numbers) : texts;
  const groups = [...Map.groupBy(places.map((place, index) => ({ place, rank: ranks[index] })), (item) => item.place).values()];
  const count = texts.length;
  const middle = (count + 1) / 2;
  const between = groups.reduce((sum, group) => sum + group.length * (mean(group) - middle) ** 2, 0);
  const total = ranks.reduce((sum, rank) => sum + (rank - middle) ** 2, 0);
  if (!(total > 0) || count <= groups.length) return { share: 0, values, isNumber };
  const raw = between / total;
  return { share: Math.max(0, 1 - ((1 - raw) * (count - 1)) / (count - groups.length)), values, isNumber };
}

/**
 * Whether a key only tells runs apart, which explains nothing: words that few runs share, and whole
 * numbers of which every run has its own, such as a seed or the number of a job. A rate drawn for
 * every run is no whole number.
 */
function tellsApart(values, isNumber, numbers) {
  return isNumber ? values === numbers.length && numbers.every(Number.isInteger) : values * fewestOfWord > numbers.length;
}

const mean = (group) => group.reduce((sum, { rank }) => sum + rank, 0) / group.length;

/** Equal values share the mean of their places. */
export function ranksOf(values) {
  const order = values.map((_, index) => index).toSorted((a, b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0));
  const ranks = new Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to += 1;
    for (let index = from; index <= to; index += 1) ranks[order[index]] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/** Bins of about as many runs each. */
function binned(numbers) {
  const ranks = ranksOf(numbers);
  return ranks.map((rank) => Math.min(binsAtMost - 1, Math.floor(((rank - 1) / numbers.length) * binsAtMost)));
}
