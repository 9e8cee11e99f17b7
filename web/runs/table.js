// The table of runs: virtual rows, sorting, columns; rows are made once and updated in place.

import { h, patch } from "../lib/dom.js";
import { columnsOf, phone } from "./columns.js";

const rowHeight = () => (phone.matches ? 56 : 28);
const spare = 12;

export class RunTable {
  #model;
  #events;
  #rows = new Map();
  #head = h("tr", {});
  #body = h("tbody", {});
  #scroller;
  #marked = null;
  #columns = [];
  #known = "";
  element;

  /** `events`: trend(id), onSort(sort), onToggle(id), onSelect(ids, on), onPin(id), onOpen(id), onHover(id or null), onVisit(id), onNearEnd() */
  constructor(model, events) {
    this.#model = model;
    this.#events = events;
    this.#scroller = h("div", { class: "card runs-table", on: { scroll: () => this.#layOut() } },
      h("table", { class: "table", "aria-label": "Runs" }, h("thead", {}, this.#head), this.#body));
    this.element = this.#scroller;
    phone.addEventListener("change", () => this.render());
  }

  render() {
    const all = columnsOf(this.#model);
    this.#known = named(all);
    this.#columns = this.#choose(all);
    this.#rows.clear();
    this.#renderHead();
    this.#layOut();
  }

  /** Redraws these rows only, when they are on the screen. */
  refresh(ids) {
    // A first run may say only later what it is trained on.
    if (named(columnsOf(this.#model)) !== this.#known) {
      this.render();
      return;
    }
    for (const id of ids.filter((one) => this.#rows.has(one))) this.#fillRow(this.#rows.get(id), this.#model.run(id));
  }

  highlight(id) {
    for (const [key, row] of this.#rows) row.classList.toggle("hovered", key === id);
  }

  scrollTo(id) {
    const index = this.#model.runs.findIndex((run) => run.id === id);
    if (index < 0) return;
    const top = index * rowHeight();
    const view = this.#scroller;
    if (top < view.scrollTop || top > view.scrollTop + view.clientHeight - 3 * rowHeight()) {
      view.scrollTop = top - view.clientHeight / 3;
    }
  }

  /** On a phone a row is a card of the name and three fields: state, loss, and what was asked for last. */
  #choose(all) {
    const { cols, pin, sort } = this.#model.state;
    if (!phone.matches) return all;
    const third = all.find((column) => column.sort === sort.replace(/^-/, "") && !["state", "loss"].includes(column.id))
      ?? all.find((column) => column.id === (cols.at(-1) ?? (pin ? "delta" : "lr")));
    return [...all.filter((column) => ["state", "loss"].includes(column.id)), ...(third ? [{ ...third, isThird: true }] : [])];
  }

  #renderHead() {
    const { sort } = this.#model.state;
    patch(this.#head, h("th", {}, h("span", { class: "visually-hidden" }, "Selected and drawn")),
      [{ label: "Run", sort: "name" }, ...this.#columns].map((column) => {
        const active = sort.replace(/^-/, "") === column.sort;
        const down = sort.startsWith("-");
        const label = active ? `${column.label} ${down ? "↓" : "↑"}` : column.label;
        return h("th", {
          class: look(column), "aria-sort": active ? (down ? "descending" : "ascending") : null,
        }, column.sort
          ? h("button", { type: "button", on: { click: () => this.#sortBy(column.sort) } }, label)
          : label);
      }));
    // Where a column that stays begins is known when the ones before it are laid out.
    this.#widths.disconnect();
    const kept = [...this.#head.querySelectorAll(".left")];
    for (const cell of kept.length ? [this.#head.children[1], ...kept] : []) this.#widths.observe(cell);
  }

  #widths = new ResizeObserver(() => {
    let edge = this.#head.children[0].offsetWidth + this.#head.children[1].offsetWidth;
    for (const [index, cell] of [...this.#head.querySelectorAll(".left")].entries()) {
      this.element.style.setProperty(`--left-${index}`, `${edge}px`);
      edge += cell.offsetWidth;
    }
  });

  /** With the shift key all from the last one marked to here. */
  #select(id, isRange) {
    const { runs, state } = this.#model;
    const [from, to] = [runs.findIndex((run) => run.id === this.#marked), runs.findIndex((run) => run.id === id)];
    const range = isRange && from >= 0 ? runs.slice(Math.min(from, to), Math.max(from, to) + 1).map((run) => run.id) : [id];
    this.#marked = id;
    this.#events.onSelect(range, !state.sel.includes(id));
  }

  #sortBy(name) {
    this.#events.onSort(this.#model.state.sort === name ? `-${name}` : name);
  }

  #layOut() {
    const { runs } = this.#model;
    const view = this.#scroller;
    const height = rowHeight();
    const first = Math.max(0, Math.floor(view.scrollTop / height) - spare);
    const last = Math.min(runs.length, Math.ceil((view.scrollTop + (view.clientHeight || 800)) / height) + spare);
    const wanted = runs.slice(first, last);
    const ids = new Set(wanted.map((run) => run.id));
    for (const [id, row] of this.#rows) {
      if (ids.has(id) || row.contains(document.activeElement)) continue;
      this.#rows.delete(id);
    }
    const rows = wanted.map((run) => this.#rows.get(run.id) ?? this.#makeRow(run));
    this.#place(rows, first * height, (runs.length - last) * height);
    if (last >= runs.length - spare && this.#model.next) this.#events.onNearEnd();
  }

  #place(rows, above, below) {
    const wanted = [spacer(above), ...rows, spacer(below)];
    const same = this.#body.children.length === wanted.length
      && rows.every((row, index) => this.#body.children[index + 1] === row);
    if (!same) this.#body.replaceChildren(...wanted);
  }

  #makeRow(run) {
    const row = h("tr", {
      data: { id: run.id },
      on: {
        mouseenter: () => this.#events.onHover(run.id),
        mouseleave: () => this.#events.onHover(null),
        click: (event) => phone.matches && !event.target.closest("input, button") && this.#events.onVisit(run.id),
      },
    });
    this.#rows.set(run.id, row);
    return this.#fillRow(row, run);
  }

  #fillRow(row, run) {
    const { state } = this.#model;
    const shown = this.#model.shown.includes(run.id);
    row.className = [run.id === state.open ? "current" : "", run.id === state.pin ? "pinned" : ""].join(" ");
    const focused = row.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    const cells = [
      h("td", { class: "marks" }, h("input", {
        type: "checkbox", data: { part: "select" }, checked: state.sel.includes(run.id), "aria-label": `Select ${run.name}`,
        on: { click: (event) => this.#select(run.id, event.shiftKey) },
      }), h("button", {
        type: "button", class: "swatch", data: { part: "show" }, "aria-pressed": String(shown),
        "aria-label": `Draw ${run.name}`, css: { "--swatch": shown ? this.#model.look(run.id).color : "var(--line)" },
        on: { click: () => this.#events.onToggle(run.id) },
      })),
      h("td", { class: "name", title: run.name }, run.id === state.pin ? "⚑ " : "",
        h("button", { type: "button", data: { part: "open" }, on: { click: () => (phone.matches ? this.#events.onVisit(run.id) : this.#events.onOpen(run.id)) } }, run.name || run.id.slice(0, 8))),
      ...this.#columns.map((column) => h("td", {
        class: look(column),
      }, column.isThird ? h("small", { class: "dim" }, `${column.label} `) : null, column.cell(run, this.#model, this.#events))),
    ];
    patch(row, cells);
    // A mark is a property, which patching does not see.
    row.querySelector('[data-part="select"]').checked = state.sel.includes(run.id);
    if (focused) row.querySelector(`[data-part="${focused}"]`)?.focus();
    return row;
  }
}

const named = (columns) => columns.map(({ id }) => id).join();

function look(column) {
  return [column.number && "number", column.optional && !column.left && "optional", column.isThird ? "third" : column.id, column.left].filter(Boolean).join(" ");
}

function spacer(height) {
  return h("tr", { class: "spacer", "aria-hidden": "true", css: { height: `${height}px` } }, h("td", {}));
}
