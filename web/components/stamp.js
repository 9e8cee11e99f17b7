// What every exported thing carries: project, fit and date, so that a picture found in a year says
// where it comes from.

import { shortID } from "../lib/format.js";
import { currentProject } from "../lib/url-state.js";

/** "Isoloss · project tiny-lm · fit 87f5716a · 2026-11-21"; a frozen figure has the day it was kept. */
export function stamp({ fitID = null, project = null, at = Date.now() } = {}) {
  const named = project ?? currentProject();
  const parts = ["Isoloss", named ? `project ${named}` : null, fitID ? `fit ${shortID(fitID)}` : null, new Date(at).toISOString().slice(0, 10)];
  return parts.filter(Boolean).join(" · ");
}

/** The stamp of a figure as it is drawn. */
export function stampOf(spec) {
  const { provenance = {}, frozen } = spec?.layout?.meta ?? {};
  return stamp({ fitID: provenance.fitID, project: provenance.project, at: frozen?.createdAt ? frozen.createdAt / 1000 : Date.now() });
}

/** A name for a file: title, fit and day. */
export function stampedName(title, spec) {
  const { fitID } = spec?.layout?.meta?.provenance ?? {};
  const parts = [title, fitID ? `fit-${shortID(fitID)}` : null, new Date().toISOString().slice(0, 10)];
  return parts.filter(Boolean).join("-").replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "").toLowerCase();
}
