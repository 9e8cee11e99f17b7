// Selections that are too long for an address: kept on the server as views of a page of their own.

import { get, send } from "../lib/api.js";

const page = "selection";
// Views of all kinds have a limit on the server: selections leave room for those with a name.
const keptAtMost = 200;

/** The id under which the server keeps these runs, or null where it refuses. */
export async function keepSelection(project, ids) {
  const query = `sel=${ids.join()}`;
  try {
    const { views } = await get("views", { project, page });
    const same = views.find((view) => view.query === query);
    if (same) return same.id;
    const { id } = await send("POST", "views", { project, page, name: `${ids.length} runs`, query });
    // Newest first: the oldest make room.
    for (const old of views.slice(keptAtMost - 1)) send("DELETE", `views/${old.id}`).catch(() => {});
    return id;
  } catch {
    return null;
  }
}

/** The runs of a selection that was kept; none where it is gone. */
export async function keptSelection(project, id) {
  const { views } = await get("views", { project, page });
  return views.find((view) => view.id === id)?.query.replace("sel=", "").split(",") ?? [];
}
