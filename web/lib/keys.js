// Keyboard shortcuts of a page; never while something is being typed.

const known = [];

/**
 * `bindings`: key → [title, action], or an action that no list should name. A sequence of two keys
 * is written "g r".
 */
export function bindKeys(bindings) {
  const actions = new Map(Object.entries(bindings).map(([key, value]) => {
    const [title, action] = Array.isArray(value) ? value : [null, value];
    if (title) known.push({ key, title, action });
    return [key, action];
  }));
  let prefix = "";
  let cleared = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isPressing(event)) return;
    const key = prefix ? `${prefix} ${event.key}` : event.key;
    prefix = "";
    clearTimeout(cleared);
    const action = actions.get(key);
    if (action) {
      event.preventDefault();
      action();
    } else if ([...actions.keys()].some((name) => name.startsWith(`${event.key} `))) {
      prefix = event.key;
      cleared = setTimeout(() => (prefix = ""), 1200);
    }
  });
}

/** [{key, title, action}] of this page: what the list of shortcuts and the palette offer. */
export function boundKeys() {
  return known;
}

/** As it is printed on a key. */
export function keyName(key) {
  return { " ": "Space", Escape: "Esc" }[key] ?? key;
}

function isTyping(target) {
  return target.matches?.("input, textarea, select, [contenteditable], il-figure, il-figure *")
    || document.querySelector("dialog[open]") !== null;
}

/** The space bar presses what has the focus. */
function isPressing(event) {
  return event.key === " " && event.target.matches?.("button, a, summary, il-figure");
}
