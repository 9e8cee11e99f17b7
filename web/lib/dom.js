// The one way to make elements: text stays text, so nothing a run logs can become markup.

const svgNamespace = "http://www.w3.org/2000/svg";
const svgTags = new Set(["svg", "path", "polyline", "circle", "line", "rect", "title", "g", "text"]);

/** h("a", {class: "chip", href, on: {click}}, "text", child, null, [more]) */
export function h(tag, props = {}, ...children) {
  const element = svgTags.has(tag)
    ? document.createElementNS(svgNamespace, tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) setProperty(element, name, value);
  append(element, children);
  return element;
}

function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
  } else if (name === "data") {
    Object.assign(element.dataset, value);
  } else if (name === "css") {
    for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
  } else if (name === "value" || name === "checked" || name === "spec") {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Replaces what a place holds. */
export function fill(place, ...children) {
  place.replaceChildren();
  append(place, children);
  return place;
}

/** Like `fill`, but children that say the same stay the same elements: no click or focus is lost. */
export function patch(place, ...children) {
  const wanted = children.flat(Infinity).filter((child) => child instanceof Node);
  while (place.childNodes.length > wanted.length) place.lastChild.remove();
  for (const [index, child] of wanted.entries()) {
    const old = place.childNodes[index];
    if (!old) place.append(child);
    else if (!old.isEqualNode(child)) old.replaceWith(child);
  }
  return place;
}

export function byID(id) {
  return document.getElementById(id);
}

/** Tells tests, and nothing else, that the first answer is on the page. */
export function markReady() {
  document.body.dataset.ready = "1";
}

/** Fills the screen with an element, or ends it. */
export function fullScreen(element) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen?.();
}

/** Calls `action` once, `delay` ms after the last of a burst of calls. */
export function debounce(delay, action) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), delay);
  };
}
