// What may come next in a query: names of fields, then operators, then values of the field.

const operators = ["=", "!=", "<", "<=", ">", ">=", "~"];
const words = ["and", "or", "not"];
const shownAtMost = 12;
const field = String.raw`(?:"[^"]*"|[A-Za-z_][\w.]*)`;
const valuePlace = new RegExp(`(${field})\\s*(?:=|!=|<=?|>=?|~|contains\\b)\\s*("[^"]*|[^\\s"()]*)$`);
const operatorPlace = new RegExp(`(?:^|[(]|\\b(?:and|or|not)\\b)\\s*(${field})\\s+([=!<>~]*)$`, "i");
const wordPlace = new RegExp(`(?:${field}|[)])\\s*(?:(?:=|!=|<=?|>=?|~)\\s*(?:"[^"]*"|[^\\s"()]+))\\s+([a-z]*)$`, "i");
const namePlace = /(?:^|[\s(])("[^"]*|[A-Za-z_][\w./-]*)$/;

/**
 * Choices for the text before the cursor: `{from, items: [{text, hint}]}`, where `from` is where the
 * chosen text begins; null when nothing is known. `source`: {names() → [{name, hint}], values(name) → [text]}.
 */
export function complete(before, source) {
  const value = valuePlace.exec(before);
  if (value) return choices(before, value[2], source.values(bare(value[1])).map((text) => ({ text: quoted(text, /^[\w.+-]+$/), hint: "" })));
  const word = wordPlace.exec(before);
  if (word) return choices(before, word[1], words.slice(0, 2).map((text) => ({ text, hint: "" })));
  const operator = operatorPlace.exec(before);
  if (operator && !words.includes(operator[1].toLowerCase())) return choices(before, operator[2], operators.map((text) => ({ text, hint: meanings[text] ?? "" })));
  const name = namePlace.exec(before);
  const begun = name?.[1] ?? "";
  if (!begun && before.trim() && !/(?:\b(?:and|or|not)|\()\s*$/i.test(before)) return null;
  return choices(before, begun, source.names().map(({ name: text, hint }) => ({ text: quoted(text, /^[A-Za-z_][\w.]*$/), hint })));
}

const meanings = { "~": "contains" };

const bare = (text) => text.replace(/^"(.*)"$/, "$1");

function quoted(text, plain) {
  return plain.test(text) ? text : `"${text.replaceAll('"', "")}"`;
}

/** Those that hold what was typed, those that begin with it first. */
function choices(before, begun, all) {
  const wanted = begun.replace(/^"/, "").toLowerCase();
  const place = ({ text }) => bare(text).toLowerCase().indexOf(wanted);
  const items = all.filter((item) => place(item) >= 0 && item.text !== begun).toSorted((a, b) => Number(place(a) > 0) - Number(place(b) > 0)).slice(0, shownAtMost);
  return items.length ? { from: before.length - begun.length, items } : null;
}
