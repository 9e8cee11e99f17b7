// The address is the state: whoever opens it sees the same page.

import { parseNumber } from "./format.js";

/** Reads the query string over `defaults`; a default's type decides how its text is read. */
export function readState(defaults) {
  const query = new URLSearchParams(location.search);
  const state = {};
  for (const [name, value] of Object.entries(defaults)) {
    state[name] = query.has(name) ? parse(query.get(name), value) : value;
  }
  return state;
}

function parse(text, example) {
  if (typeof example === "boolean") return text === "1";
  if (typeof example === "number") return Number.isFinite(Number(text)) ? Number(text) : parseNumber(text) ?? example;
  if (Array.isArray(example)) return text === "" ? [] : text.split(",");
  return text;
}

const keptAtMost = 100;
const past = [];

/**
 * Writes what differs from `defaults`. `push` makes an entry of its own in the history; what a page
 * adds by itself is no step to go back to, and says so with `byItself`.
 */
export function writeState(state, defaults, { push = false, byItself = false } = {}) {
  const url = new URL(location.href);
  for (const [name, example] of Object.entries(defaults)) {
    const text = print(state[name]);
    if (text === print(example)) url.searchParams.delete(name);
    else url.searchParams.set(name, text);
  }
  url.search = url.search.replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  if (url.href === location.href) return;
  if (!byItself) past.push(location.href);
  if (past.length > keptAtMost) past.shift();
  history[push ? "pushState" : "replaceState"](null, "", url);
}

function print(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (Array.isArray(value)) return value.join(",");
  return String(value);
}

/** Takes the last change of the view back; false when there is none. */
export function undoState() {
  const address = past.pop();
  if (!address) return false;
  history.replaceState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
  return true;
}

/** Back and forward, and a change taken back. */
export function onNavigate(listener) {
  addEventListener("popstate", listener);
}

export function currentProject() {
  return new URLSearchParams(location.search).get("project");
}
