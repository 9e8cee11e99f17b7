// Markdown as elements: headings, lists, tables, quotes, code, links and figures. Text stays text,
// and only addresses that cannot run anything become links.

import { pageURL } from "./api.js";
import { h } from "./dom.js";

const nestedAtMost = 8;
const inline = /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)|!\[([^\]]*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|\[([^\]]+)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|\*\*(\S|\S[\s\S]*?\S)\*\*|(?<![\w*])\*([^\s*]|[^\s*][^*]*?[^\s*])\*(?!\w)|\\([\\`*_{}[\]()#+.!|<>-])/;

/** `figure(caption, source)` makes the element for a line such as `![caption](figure:ID)`. */
export function markdown(text, { figure = null } = {}) {
  return blocks(String(text ?? "").replaceAll("\r\n", "\n").split("\n"), { figure }, 0);
}

function blocks(lines, options, depth) {
  const made = [];
  let at = 0;
  while (at < lines.length) {
    const read = depth < nestedAtMost ? readers.find(([starts]) => starts(lines, at)) : null;
    const [element, next] = read ? read[1](lines, at, options, depth) : paragraph(lines, at, options);
    if (element) made.push(element);
    at = next;
  }
  return made;
}

const marks = {
  fence: /^ {0,3}(```+|~~~+)\s*([\w+-]*)\s*$/, heading: /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/, rule: /^ {0,3}([-*_])(\s*\1){2,}\s*$/,
  quote: /^ {0,3}> ?/, item: /^( {0,3})([-*+]|\d{1,9}[.)])\s+/, row: /^\s*\|.*\|\s*$/, figure: /^\s*!\[([^\]]*)\]\(((?:figure|live):[^\s]+)\)\s*$/,
};

const readers = [
  [(lines, at) => !lines[at].trim(), (_, at) => [null, at + 1]],
  [(lines, at) => marks.fence.test(lines[at]), code],
  [(lines, at) => marks.heading.test(lines[at]), heading],
  [(lines, at) => marks.rule.test(lines[at]), (_, at) => [h("hr", {}), at + 1]],
  [(lines, at) => marks.figure.test(lines[at]), figureLine],
  [(lines, at) => marks.quote.test(lines[at]), quote],
  [(lines, at) => marks.item.test(lines[at]), list],
  [(lines, at) => marks.row.test(lines[at]) && /^\s*\|[\s:|-]+\|\s*$/.test(lines[at + 1] ?? ""), table],
];

function code(lines, at) {
  const [, fence] = marks.fence.exec(lines[at]);
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  return [h("pre", { tabindex: "0" }, h("code", {}, lines.slice(at + 1, end).join("\n"))), end + 1];
}

/** The page has its own first heading: those of the text begin one below. */
function heading(lines, at, options) {
  const [, hashes, text] = marks.heading.exec(lines[at]);
  return [h(`h${Math.min(6, hashes.length + 1)}`, {}, spans(text, options)), at + 1];
}

function figureLine(lines, at, { figure }) {
  const [, caption, source] = marks.figure.exec(lines[at]);
  return [figure ? figure(caption, source) : h("p", {}, caption), at + 1];
}

function quote(lines, at, options, depth) {
  let end = at;
  while (end < lines.length && marks.quote.test(lines[end])) end += 1;
  return [h("blockquote", {}, blocks(lines.slice(at, end).map((line) => line.replace(marks.quote, "")), options, depth + 1)), end];
}

/** Lines that are indented under an item belong to it. */
function list(lines, at, options, depth) {
  const ordered = /\d/.test(marks.item.exec(lines[at])[2]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const start = marks.item.exec(lines[end]);
    if (!start || /\d/.test(start[2]) !== ordered) break;
    const width = start[0].length;
    const body = [lines[end].slice(width)];
    end += 1;
    while (end < lines.length && (/^\s{2,}\S/.test(lines[end]) || (!lines[end].trim() && /^\s{2,}\S/.test(lines[end + 1] ?? "")))) {
      body.push(lines[end].replace(new RegExp(`^ {0,${width}}`), ""));
      end += 1;
    }
    items.push(body);
  }
  const tight = items.every((body) => body.length === 1);
  return [h(ordered ? "ol" : "ul", {}, items.map((body) => h("li", {}, tight ? spans(body[0], options) : blocks(body, options, depth + 1)))), end];
}

function table(lines, at, options) {
  const cells = (line) => line.trim().slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  const sides = cells(lines[at + 1]).map((cell) => (/^-+:$/.test(cell) ? "number" : ""));
  let end = at + 2;
  while (end < lines.length && marks.row.test(lines[end])) end += 1;
  const row = (tag, line) => h("tr", {}, cells(line).map((cell, index) => h(tag, { class: sides[index] ?? "" }, spans(cell, options))));
  return [h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "table" }, h("thead", {}, row("th", lines[at])), h("tbody", {}, lines.slice(at + 2, end).map((line) => row("td", line))))), end];
}

function paragraph(lines, at, options) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !readers.some(([starts]) => starts(lines, end))) end += 1;
  return [h("p", {}, spans(lines.slice(at, end).join("\n"), options)), end];
}

function spans(text, options) {
  const made = [];
  let rest = text;
  for (let match = inline.exec(rest); match; match = inline.exec(rest)) {
    made.push(rest.slice(0, match.index), span(match, options));
    rest = rest.slice(match.index + match[0].length);
  }
  return [...made, rest];
}

function span([whole, tick, raw, picture, , words, target, strong, emphasis, escaped], options) {
  if (tick) return h("code", {}, raw.trim());
  if (picture !== undefined) return picture;
  if (words !== undefined) {
    const href = safeAddress(target);
    return href ? h("a", { href, rel: "noopener noreferrer" }, spans(words, options)) : words;
  }
  if (strong !== undefined) return h("strong", {}, spans(strong, options));
  if (emphasis !== undefined) return h("em", {}, spans(emphasis, options));
  return escaped ?? whole;
}

/** Pages of this site, and the web; `run:ID`, `fit:ID` and `figure:ID` lead to their pages. Null for anything else. */
function safeAddress(target) {
  const [, kind, id] = /^(run|fit|figure):([0-9a-f-]{1,64})$/i.exec(target) ?? [];
  if (kind) return pageURL(`${kind.toLowerCase()}/`, { id });
  if (/^(https?:\/\/|mailto:)[^\s]+$/i.test(target)) return target;
  return /^(\.{0,2}\/|#|\?)(?!\/)/.test(target) ? target : null;
}
