// Every number and date the pages show is written here.

const scales = [[1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]];
const suffixes = { k: 1e3, K: 1e3, m: 1e6, M: 1e6, b: 1e9, B: 1e9, g: 1e9, G: 1e9, t: 1e12, T: 1e12 };
export const none = "–";

/** A number from the wire: JSON has no NaN and no infinities, they travel as words. */
export function wire(value) {
  if (typeof value === "number") return value;
  return { NaN: NaN, Infinity, "-Infinity": -Infinity }[value] ?? null;
}

/** 524288 → "0.52M", 2e10 → "20B": three digits; tokens of a batch are read in millions, and 4096 is 4096. */
export function si(value) {
  const number = wire(value);
  if (number === null) return none;
  if (!Number.isFinite(number)) return String(number);
  const size = Math.abs(number);
  if (size < 1e4 && Number.isInteger(number) && number !== Number(number.toPrecision(3))) return String(number);
  if (size >= 1e5 && size < 1e6) return `${trim(number / 1e6, 2)}M`;
  const [scale, suffix] = scales.find(([least]) => size >= least) ?? [1, ""];
  return trim(number / scale, 3) + suffix;
}

function trim(value, digits) {
  const text = Number(value.toPrecision(digits)).toString();
  return text.includes("e") ? power(value, digits - 1) : text;
}

/** Learning rates: "1.70e-3". */
export function rate(value) {
  const number = wire(value);
  if (number === null) return none;
  if (!Number.isFinite(number) || number === 0) return String(number);
  return power(number, 2);
}

/** "1.70e-3", "1.00e21". */
function power(number, digits) {
  return number.toExponential(digits).replace("e+", "e");
}

/** Losses: four significant digits, and more when the value is below one. */
export function loss(value) {
  const number = wire(value);
  if (number === null) return none;
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "NaN" : number > 0 ? "+∞" : "−∞";
  const size = Math.abs(number);
  return size !== 0 && (size >= 1e5 || size < 1e-3) ? power(number, 3) : number.toPrecision(4);
}

const fewestMarks = 3;
const finerSteps = [[1, 2, 5], [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]];

/** Marks at these steps of each decade between two positive numbers, for logarithmic axes; finer ones where those are too few. */
export function logTicks(low, high, write, steps = [1, 2, 5]) {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return {};
  const powers = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) powers.push(power);
  const marks = [steps, ...finerSteps].map((some) => powers.flatMap((power) => some.map((step) => Number(`${step}e${power}`))));
  const values = marks.find((found) => found.filter((value) => value >= low && value <= high).length >= fewestMarks) ?? marks.at(-1);
  return { tickvals: values, ticktext: values.map(write) };
}

/** "2e-4", for axes. */
export function shortRate(value) {
  return value.toExponential(Number.isInteger(Number(value.toExponential().split("e")[0])) ? 0 : 1);
}

export function signed(value, digits = 4) {
  const number = wire(value);
  if (number === null || !Number.isFinite(number)) return none;
  return (number < 0 ? "−" : "+") + Math.abs(number).toFixed(digits);
}

/** `value` is in per cent already. */
export function percent(value) {
  const number = wire(value);
  if (number === null || !Number.isFinite(number)) return none;
  const size = Math.abs(number);
  const text = size >= 10 ? number.toFixed(0) : size < 0.1 ? number.toFixed(3) : number.toPrecision(2);
  return `${Number(text)} %`;
}

/** A ratio in ln units as people say it: 0.69 → "2.0×", 11.7 → "120,000×". */
export function times(lnRatio) {
  const factor = Math.exp(Math.abs(lnRatio));
  return `${factor < 10 ? factor.toFixed(1) : factor < 1e9 ? count(Number(factor.toPrecision(factor < 1e4 ? 4 : 2)).toFixed(0)) : factor.toExponential(0)}×`;
}

/** "304", "10,000": not by the browser's data of languages, which take as long to load as a screen of rows to draw. */
export function count(value) {
  const number = Number(value ?? 0);
  if (!Number.isFinite(number)) return loss(number);
  const [whole, part] = String(Number(number.toFixed(3))).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
}

/** The first letter of a sentence. */
export function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function plural(value, word) {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}

/** The first digits of an id, as people say it; the server writes some with hyphens. */
export function shortID(id) {
  return String(id).replaceAll("-", "").slice(0, 8);
}

/** Any metric or param, whatever its size. */
export function plain(value) {
  const number = wire(value);
  if (number === null) return value === undefined || value === null ? none : String(value);
  if (!Number.isFinite(number)) return loss(number);
  if (Number.isInteger(number) && Math.abs(number) < 1e5) return String(number);
  return Math.abs(number) >= 1e5 ? si(number) : String(Number(number.toPrecision(4)));
}

/** A fitted number of any size: four significant digits. */
export function measure(value) {
  const number = wire(value);
  if (number === null) return none;
  if (!Number.isFinite(number)) return loss(number);
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return power(number, 3);
  return String(Number(number.toPrecision(4)));
}

/** "430M", "2e10", "1 073 700 000", "0.5b" → a number; null for anything else. */
export function parseNumber(text) {
  const match = /^([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)([kKmMbBgGtT]?)$/i.exec(
    String(text ?? "").replace(/[\s,_]/g, ""),
  );
  if (!match) return null;
  const value = Number(match[1]) * (match[2] ? suffixes[match[2]] : 1);
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** Microseconds since 1970 → "3 min ago". */
export function ago(microseconds, now = Date.now()) {
  if (!microseconds) return none;
  const seconds = Math.max(0, now - microseconds / 1000) / 1000;
  if (seconds < 10) return "just now";
  return `${duration(seconds)} ago`;
}

export function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86400 * 2) return `${(seconds / 3600).toFixed(seconds < 36000 ? 1 : 0)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

/** The viewer's zone; UTC goes into the title beside it. */
export function dateTime(microseconds) {
  if (!microseconds) return { text: none, title: "" };
  const date = new Date(microseconds / 1000);
  return {
    // Written when it is asked for: the browser's data of languages take long to load.
    get text() { return date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }); },
    title: `${date.toISOString()} (UTC)`,
  };
}
