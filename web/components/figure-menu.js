// What the menu of a figure offers: ways to take it elsewhere, and where its numbers come from.

import { apiURL } from "../lib/api.js";
import { fullScreen, h } from "../lib/dom.js";
import { download } from "../lib/download.js";
import { currentProject } from "../lib/url-state.js";
import { copyButton } from "./copy.js";
import { stampOf, stampedName } from "./stamp.js";

/** Fetched when it is first asked for. */
const origin = () => import("./figure-origin.js");

/** The entries for a figure of this source, see figureCard. */
export function menuEntries(source, figure, card, title, menu) {
  const name = () => stampedName(title(), figure.spec);
  const mark = () => `# ${title()} · ${stampOf(figure.spec)}\n`;
  const picture = (format) => figure.saveImage(format, name(), `${title()} · ${stampOf(figure.spec)}`);
  // A link's name of a file is asked for at the click: the fit is known by then.
  const dated = (href) => h("a", { href, on: { click: (event) => { event.target.download = `${name()}.csv`; } } }, "Save as CSV");
  const item = (label, action) => h("button", {
    type: "button", on: { click: () => { menu.open = false; action(); } },
  }, label);
  const items = [
    item("Full screen", () => fullScreen(card)),
    item("Show data", () => figure.toggleData()),
    item("Save as PNG", () => picture("png")),
    item("Save as SVG", () => picture("svg")),
  ];
  if (!source) return [...items, item("Save as JSON", () => saveSpec(figure, name()))];
  if (source.json) {
    return [...items, h("a", { href: source.json, target: "_blank", rel: "noopener" }, "Figure as JSON"), copyButton("Copy Python", () => mark() + figureInPython(source.json), ""),
      copyButton("Copy curl", () => mark() + curl(source.json, `${name()}.json`), ""), item("Why? Where it comes from", () => origin().then(({ showProvenance }) => showProvenance(title(), figure.spec)))];
  }
  if (!source.kind) {
    return [...items, source.csv ? dated(source.csv) : null, item("Save as JSON", () => saveSpec(figure, name())),
      source.csv ? copyButton("Copy Python", () => mark() + tableInPython(source.csv), "") : null,
      source.csv ? copyButton("Copy curl", () => mark() + curl(source.csv, `${name()}.csv`), "") : null];
  }
  const address = apiURL(`figures/${source.kind}`, source.query);
  const project = source.query?.project ?? currentProject();
  const { fitID } = figure.spec?.layout?.meta?.provenance ?? {};
  return [...items,
    item("Save as CSV", () => import("./stamped-csv.js").then(({ saveStamped }) => saveStamped(source.kind, source.query, name(), { project, fitID }))),
    h("a", { href: address, target: "_blank", rel: "noopener" }, "Figure as JSON"),
    copyButton("Copy Python", () => mark() + figureInPython(address), ""),
    copyButton("Copy curl", () => mark() + curl(address, `${name()}.json`), ""),
    project ? item("Freeze and share…", () => origin().then(({ freeze }) => freeze(project, title(), source))) : null,
    item("Why? Where it comes from", () => origin().then(({ showProvenance }) => showProvenance(title(), figure.spec)))];
}

/** What is drawn, as the chart library reads it. */
function saveSpec(figure, name) {
  if (!figure.spec) return;
  const { data, layout } = figure.spec;
  const stamped = { data, layout: { ...layout, meta: { ...layout.meta, stamp: stampOf(figure.spec) } } };
  download(`${name}.json`, JSON.stringify(stamped), "application/json");
}

function figureInPython(address) {
  return "import urllib.request, plotly.io\n"
    + `figure = plotly.io.from_json(urllib.request.urlopen("${address}").read().decode())\n`
    + "figure.show()\n";
}

function tableInPython(address) {
  return `import pandas, plotly.express\ntable = pandas.read_csv("${address}")\nplotly.express.line(table, x="step", y="value", color="run").show()\n`;
}

function curl(address, file) {
  return `curl -fsS '${String(address).replaceAll("'", "%27")}' -o '${file}'`;
}
