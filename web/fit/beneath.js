// What stands beneath the answer, and is fetched after it.

export { leftOutCard } from "../components/left-out.js";
export { stamp } from "../components/stamp.js";
export { differenceTable, scoreTable } from "../fits/trust.js";
export { choices } from "../lr-batch/evidence.js";
export { runsCard } from "./runs.js";
