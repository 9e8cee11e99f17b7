// Where a figure comes from, and keeping one as it is now.

import { pageURL, send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { plain, plural } from "../lib/format.js";
import { errorBanner } from "./banner.js";
import { copyButton } from "./copy.js";
import { showDialog } from "./dialog.js";

/** The fit, the runs and the data behind a figure, with the fit's own page one click away. */
export function showProvenance(title, spec) {
  const meta = spec?.layout?.meta ?? {};
  const origin = meta.provenance ?? {};
  const fit = origin.fitID ? String(origin.fitID).replaceAll("-", "") : null;
  const facts = [
    ["law", origin.law], ["runs", origin.runs === undefined ? null : plural(origin.runs, "run")], ["loss", origin.lossName],
    ["N counts", origin.parameterConvention], ["data", origin.dataHash], ["program", origin.codeVersion],
  ];
  showDialog(`Why? ${title}`,
    meta.summary ? h("p", {}, meta.summary) : null,
    h("dl", { class: "facts" }, facts.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => [h("dt", {}, name), h("dd", {}, plain(value))])),
    h("p", {}, fit ? h("a", { href: pageURL("fit/", { id: fit }) }, "The fit: runs used and left out, and why")
      : "It is drawn from the runs themselves; no law was fitted for it."));
}

/** Stores a figure under an address of its own, which shows the same numbers for good. */
export async function freeze(project, title, { kind, query }) {
  const place = h("div", { class: "stack" }, h("p", { role: "status" }, "Storing…"));
  showDialog("Frozen figure", place);
  const { project: _, ...parameters } = query ?? {};
  const texts = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => [name, String(value)]));
  try {
    const { id } = await send("POST", "frozen-figures", { project, title, kind, parameters: texts });
    const address = pageURL("figure/", { id });
    fill(place, h("p", {}, "It keeps these numbers, whatever runs come: ", h("a", { href: address }, title)),
      h("div", { class: "bar" }, copyButton("Copy link", String(address)), copyButton("Copy line for a report", `![${title}](figure:${id})`)));
  } catch (error) {
    fill(place, errorBanner(error, null));
  }
}
