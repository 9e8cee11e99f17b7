// A table as text, for other programs: its first row is the head.

export function markdown(table) {
  const line = (row) => `| ${row.map((text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  const [first, ...rest] = table;
  return [line(first), `|${first.map(() => "---").join("|")}|`, ...rest.map(line)].join("\n");
}

/** Texts that a spreadsheet would take for a formula begin with an apostrophe. */
export function csv(table) {
  const field = (value) => {
    const text = String(value);
    const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return table.map((row) => row.map(field).join(",")).join("\n");
}
