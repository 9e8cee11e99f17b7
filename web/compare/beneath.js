// What stands beneath the answer, and is fetched after it.

export { figureCard } from "../components/figure-card.js";
export { Panels } from "../runs/panels.js";
export { coordinatesCard } from "./coordinates.js";
export { deltaSpec } from "./delta-figure.js";
export { differencesCard, metricsCard } from "./differences.js";
