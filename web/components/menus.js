// Menus made of <details>: Escape closes the one that has the focus, a click or a focus elsewhere any.

const opened = "details.menu[open], details.picker[open]";

export function watchMenus() {
  addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" ? event.target.closest?.(opened) : null;
    if (!menu) return;
    // Before the page's own use of the key.
    event.stopImmediatePropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  }, true);
  for (const type of ["click", "focusin"]) {
    addEventListener(type, (event) => {
      // An item may have left the page by its own action: the path still knows where it was.
      const path = event.composedPath();
      for (const menu of document.querySelectorAll(opened)) if (!path.includes(menu)) menu.open = false;
    });
  }
}
