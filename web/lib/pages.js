// The pages of the site: what the head, the palette and the shortcuts offer.

/** [id, path, label, key after g, question it answers] */
export const pages = [
  ["runs", "runs/", "Runs", "r", "which run is best, and why?"],
  ["lr-batch", "lr-batch/", "LR × batch", "l", "which learning rate and batch for this size and data?"],
  ["scaling", "scaling/", "Scaling", "s", "how good for a budget, with which size and tokens?"],
  ["critical-batch", "critical-batch/", "Critical batch", "c", "up to what batch is nothing lost?"],
  ["mixtures", "mixtures/", "Mixtures", "x", "which mixture, and how sure?"],
  ["recommend", "recommend/", "Recommend", "m", "what do I set for a model and its data?"],
  ["forecasts", "forecasts/", "Forecasts", "o", "which running jobs are worth finishing?"],
  ["fits", "fits/", "Fits", "f", "can a law be trusted, and which runs did it leave out?"],
  ["data-check", "data-check/", "Data check", "d", "what is wrong or missing in the runs?"],
  ["reports", "report/", "Reports", "e", "what did we conclude?"],
];

export const settings = ["settings", "settings/", "Settings", ",", "point a job here, say which column is what, import, trash"];

/** Pages reached from others: folder, the page of the head that they belong to, title. */
const inner = [
  ["projects", "projects", "Projects"], ["run", "runs", "Run"], ["compare", "runs", "Compare"], ["fit", "fits", "Fit"],
  ["figure", "reports", "Figure"],
];

/** What the head marks, and the title, for the page in `folder`. */
export function placeOf(folder) {
  const own = [...pages, settings].find(([, path]) => path === `${folder}/`);
  if (own) return { section: own[0], title: own[2] };
  const [, section, title] = inner.find(([name]) => name === folder) ?? [null, "", ""];
  return { section, title };
}
