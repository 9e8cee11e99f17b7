// Everything under the answer of the Run page: fetched while the run itself is asked for.

export { figureCard, setCaption } from "../components/figure-card.js";
export { panelControls, panelKeys } from "../runs/controls.js";
export { factsCards } from "./facts.js";
export { eventsCard, filesCard, usesCard } from "./history.js";
export { Sections } from "./sections.js";
