// What stands beneath the answer, and is fetched after it.

export { figureKinds } from "../components/law-card.js";
export { segmented, toggle } from "../components/segmented.js";
export { choices, evidence } from "./evidence.js";
export { safeZone, zoneInWords } from "./safe-zone.js";
export { nextCard, questionCard, rivalCard } from "./side.js";
export { axisInCompute, sliceView, surfaceView } from "./view.js";
