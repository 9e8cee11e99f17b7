// A loss as compute: how much more of it makes up for a setting that is worse by so many per cent.
// The project's own law of the loss over model size and tokens says so.

import { get } from "../lib/api.js";
import { wire } from "../lib/format.js";
import { fitNow } from "./fit-state.js";

const laws = ["chinchilla", "chinchilla-tied"];
const most = 1e6;
const farthest = Math.log(1e4);

/** The newest law of the loss that the project has fitted: {law, id, E, A, B, alpha, beta}, or null. */
export async function lossLaw(project) {
  const { fits } = await get("fits", { project });
  const fit = fits.filter((item) => item.status === "finished" && laws.includes(item.law))
    .toSorted((a, b) => b.finishedAt - a.finishedAt)[0];
  if (!fit) return null;
  const { E, A, B, alpha, beta = alpha } = fit.parameters ?? {};
  if (![E, A, B, alpha, beta].every((item) => Number.isFinite(item?.value))) return null;
  return { law: fit.law, id: fit.id, E: E.value, A: A.value, B: B.value, alpha: alpha.value, beta: beta.value };
}

/** Fits one, the fuller law first; the refusal of the last one where the runs determine none. */
export async function fitLossLaw(project, place) {
  let refusal = null;
  for (const law of laws) {
    try {
      await fitNow(project, place, law);
      return await lossLaw(project);
    } catch (error) {
      if (error.code !== "cannotFit") throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** What that law predicts for the target: {value, low, high}, or null where it has no answer. `reach` says how far the target lies. */
export async function predictedBy(law, project, target, reach) {
  // Farther than that in compute the server refuses to evaluate a law.
  const away = ["parameters", "tokens"].reduce((sum, name) => sum + (wire(reach?.distance?.[name] ?? null) ?? 0), 0);
  if (away > farthest) return null;
  try {
    const advice = await get("recommendations", { project, law: law.law, fit: law.id, ...target });
    return advice.quantities.find(({ name }) => name === "lossNats") ?? null;
  } catch {
    return null;
  }
}

/**
 * A function from per cent of loss above the best to per cent more compute, at the same tokens a
 * parameter, with which a run set as badly would reach the loss of the best setting.
 */
export function computeWorth({ E, A, B, alpha, beta }, { parameters, tokens }) {
  const size = A / parameters ** alpha;
  const data = B / tokens ** beta;
  const loss = (factor) => E + size * factor ** (-alpha / 2) + data * factor ** (-beta / 2);
  return (percent) => {
    const wanted = loss(1) / (1 + percent / 100);
    if (!(percent > 0)) return 0;
    if (loss(most) > wanted) return Infinity;
    let [low, high] = [0, Math.log(most)];
    for (let step = 0; step < 40; step += 1) {
      const middle = (low + high) / 2;
      if (loss(Math.exp(middle)) > wanted) low = middle;
      else high = middle;
    }
    return 100 * (Math.exp(high) - 1);
  };
}
