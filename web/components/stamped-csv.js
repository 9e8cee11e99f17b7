// A table that says in each row where it comes from: files are renamed and joined, rows stay.

import { getText } from "../lib/api.js";
import { download } from "../lib/download.js";
import { shortID } from "../lib/format.js";

/** Saves a table of the figure API with the columns `project`, `fit` and `exported` after its own. */
export async function saveStamped(kind, query, name, { project, fitID }) {
  const text = await getText(`figures/${kind}`, { ...query, format: "csv" });
  const columns = { project: project ?? "", fit: fitID ? shortID(fitID) : "", exported: new Date().toISOString().slice(0, 10) };
  download(`${name}.csv`, withColumns(text, columns), "text/csv");
}

/** The same value in all rows; a line break between quotes ends no row. */
export function withColumns(text, columns) {
  const [head, row] = [Object.keys(columns), Object.values(columns)].map((fields) => fields.map((value) => `,${quoted(value)}`).join(""));
  let tail = head;
  const whole = /\n$/.test(text) ? text : `${text}\n`;
  return whole.replace(/"(?:[^"]|"")*"|\r?\n/g, (part) => {
    if (part.startsWith('"')) return part;
    const ended = tail + part;
    tail = row;
    return ended;
  });
}

function quoted(value) {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
