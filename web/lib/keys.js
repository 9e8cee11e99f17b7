// Keyboard shortcuts of a page; never while something is being typed.

/** `bindings`: key → action. A two-key sequence is written "g r". */
export function bindKeys(bindings) {
  let prefix = "";
  let cleared = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = prefix ? `${prefix} ${event.key}` : event.key;
    prefix = "";
    clearTimeout(cleared);
    const action = bindings[key];
    if (action) {
      event.preventDefault();
      action();
    } else if (Object.keys(bindings).some((name) => name.startsWith(`${event.key} `))) {
      prefix = event.key;
      cleared = setTimeout(() => (prefix = ""), 1200);
    }
  });
}

function isTyping(target) {
  return target.matches?.("input, textarea, select, [contenteditable], il-figure, il-figure *");
}
