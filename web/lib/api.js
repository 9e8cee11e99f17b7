// The only place that calls the server.

// Modules come from `assets/<version>/lib/` below the address of the site, whatever that is.
const root = new URL(import.meta.url.replace(/(assets\/[^/]+\/)?lib\/api\.js.*$/, ""));

/** An answer that is not 2xx, or no answer at all. */
export class APIError extends Error {
  constructor(status, body) {
    super(body.message ?? `the server answered ${status}`);
    this.status = status;
    this.code = body.code ?? "internal";
    this.hint = body.hint ?? null;
    this.field = body.field ?? null;
    this.requestID = body.requestID ?? null;
  }
}

/** Address of a page of this site, whatever path it is served under. */
export function pageURL(path, query = {}) {
  return withQuery(new URL(path, root), query);
}

/** Address of an API call. */
export function apiURL(path, query = {}) {
  return withQuery(new URL(`api/v1/${path}`, root), query);
}

/** What a job stored with the run under `path`, a folder; the same list that MLflow's clients read. */
export function listArtifacts(run, path = "") {
  return request(withQuery(new URL("api/2.0/mlflow/artifacts/list", root), { run_id: run, path }), { method: "GET" });
}

/** Address of one stored file; `rootURI` is what the list said. */
export function artifactURL(rootURI, path) {
  const folder = String(rootURI).replace(/^mlflow-artifacts:\/+/, "");
  const parts = `${folder}/${path}`.split("/").map(encodeURIComponent).join("/");
  return new URL(`api/2.0/mlflow-artifacts/artifacts/${parts}`, root);
}

export function assetURL(path) {
  return new URL(path, root);
}

export function get(path, query = {}, options = {}) {
  return request(apiURL(path, query), { ...options, method: "GET" });
}

export function send(method, path, body, query = {}) {
  return request(apiURL(path, query), {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Sends a file as it is. `query` is a list of pairs, since a name may be said more than once. */
export function upload(path, file, query) {
  const url = apiURL(path);
  for (const [name, value] of query) if (value !== "") url.searchParams.append(name, value);
  return request(url, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
}

export function getText(path, query = {}) {
  return request(apiURL(path, query), { method: "GET" }, true);
}

/** The answer as it came: a file. */
export function sendForText(method, path, body, query = {}) {
  return request(apiURL(path, query), {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }, true);
}

/** Waits for a queued fit; `onProgress` hears every state on the way. */
export async function runFit(project, law, onProgress = () => {}, options = {}) {
  const job = await send("POST", "fits", { project, law, ...options });
  for (let wait = 150; ; wait = Math.min(wait * 1.4, 2000)) {
    const fit = await get(`fits/${job.id}`);
    onProgress(fit);
    if (fit.status === "finished") return fit;
    if (fit.status === "failed") throw new APIError(422, failureOf(fit));
    if (fit.status === "cancelled") {
      throw new APIError(409, { code: "conflict", message: "The fit was cancelled; ask again." });
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function failureOf(fit) {
  if (fit.error && typeof fit.error === "object") return fit.error;
  return { code: "cannotFit", message: fit.error ?? "the fit failed without a reason" };
}

async function request(url, options, isText = false) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new APIError(0, { code: "unavailable", message: "The server does not answer." });
  }
  const text = await response.text();
  if (response.ok && isText) return text;
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { message: `The server answered ${response.status} with something that is not JSON.` };
    if (response.ok) throw new APIError(response.status, body);
  }
  if (!response.ok) throw new APIError(response.status, body);
  return body;
}

function withQuery(url, query) {
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  return url;
}
