// What went wrong, with the request's id and a way to try again.

import { pageURL } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { currentProject } from "../lib/url-state.js";

export function errorBanner(error, retry) {
  return h("div", { class: "banner", role: "alert" },
    h("p", {},
      h("strong", { class: "bad" }, title(error)), " ", error.message,
      error.hint ? h("span", { class: "dim" }, ` ${error.hint}`) : null),
    error.requestID ? h("small", { class: "dim" }, `request ${error.requestID}`) : null,
    error.code === "cannotFit" ? whatIsMissing(currentProject()) : null,
    retry ? h("button", { type: "button", class: "button", on: { click: retry } }, "Try again") : null);
}

/** Where a law has too little to go on: what the runs have, and where it is said which column is what. */
function whatIsMissing(project) {
  return project ? [h("a", { class: "button", href: pageURL("data-check/", { project }) }, "What the runs lack"),
    h("a", { class: "button", href: pageURL("runs/", { project, roles: 1 }) }, "Which column is what")] : null;
}

/** The same in a line, where a part of a page failed alone. */
export function errorLine(error, retry) {
  return h("span", { class: "failure" }, h("span", { class: "bad" }, error.message, error.requestID ? ` (request ${error.requestID})` : ""), " ",
    h("button", { type: "button", class: "link", on: { click: retry } }, "Try again"));
}

export function note(...children) {
  return h("div", { class: "banner note", role: "status" }, h("p", {}, children));
}

function title(error) {
  return {
    unavailable: "Not reachable.",
    notFound: "Not found.",
    cannotFit: "Cannot answer yet.",
    invalid: "Not understood.",
    unauthorized: "Not allowed.",
  }[error.code] ?? "Something failed.";
}
