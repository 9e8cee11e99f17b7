// Light or dark: follows the system until the switch is used; the choice is remembered.

const key = "isoloss-theme";
const listeners = new Set();
const resolved = new Map();
const dashes = ["solid", "dash", "dot", "longdash", "dashdot"];
const system = matchMedia("(prefers-color-scheme: dark)");

export function startTheme() {
  apply(stored());
  system.addEventListener("change", announce);
}

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

export function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  apply(theme);
  try {
    localStorage.setItem(key, theme);
  } catch {
    // A browser that keeps nothing still switches for this visit.
  }
  announce();
}

/** Shows a theme without remembering it, as for paper; answers what takes it back. */
export function lendTheme(theme) {
  const { dataset } = document.documentElement;
  const before = dataset.theme;
  dataset.theme = theme;
  announce();
  return () => {
    if (before) dataset.theme = before;
    else delete dataset.theme;
    announce();
  };
}

export function onTheme(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How the line of that place looks: eight colours, then the same ones with dashes. */
export function seriesLook(index) {
  return { color: color(`series-${((index % 8) + 8) % 8}`), dash: dashes[Math.floor(Math.max(0, index) / 8) % dashes.length] };
}

/** The real colour behind a custom property: charts cannot read `var(--x)`. Looked up once a theme. */
export function color(name) {
  if (!resolved.has(name)) resolved.set(name, resolve(name));
  return resolved.get(name);
}

function resolve(name) {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function stored() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function apply(theme) {
  resolved.clear();
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
}

function announce() {
  resolved.clear();
  for (const listener of listeners) listener();
}
