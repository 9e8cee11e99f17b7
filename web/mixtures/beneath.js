// What stands beneath the answer, and is fetched after it.

export { figureCard, setCaption } from "../components/figure-card.js";
export { figureKinds } from "../components/law-card.js";
export { certaintyCard } from "./certainty.js";
export { explorers } from "./explore.js";
export { mixtureLab } from "./lab.js";
export { onlineCard } from "./online.js";
export { planCard } from "./plans.js";
export { alternativesTable, bindingTable, scoreTable, tokenTable, weightTable } from "./tables.js";
