// What can be done to the runs that are marked: group, tag, delete.

import { errorBanner } from "../components/banner.js";
import { showDialog } from "../components/dialog.js";
import { send } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { plural } from "../lib/format.js";

/** Asks for one operation on `ids`; `onDone()` after the server has done it. */
export function showActions(ids, onDone) {
  const outcome = h("div", { class: "stack", "aria-live": "polite" });
  const text = (name, placeholder) => h("input", { class: "text-input", name, placeholder, "aria-label": placeholder, autocomplete: "off", maxlength: "250" });
  const [group, tag, value] = [text("group", "name of the group, empty for none"), text("tag", "tag"), text("tag-value", "value")];
  const row = (label, button, body, ...inputs) => h("form", { class: "action-form", on: { submit: (event) => { event.preventDefault(); act(body()); } } },
    h("span", { class: "dim" }, label), inputs, h("button", { type: "submit", class: "button" }, button));
  const dialog = showDialog(plural(ids.length, "selected run"),
    row("Group", "Set", () => ({ operation: "group", group: group.value.trim() }), group),
    row("Tag", "Add", () => ({ operation: "tag", tags: { [tag.value.trim()]: value.value } }), tag, value),
    row("Move to the trash, from where they can come back", "Delete", () => ({ operation: "delete" })), outcome);

  async function act(body) {
    try {
      const { changed, refused } = await send("POST", "runs/bulk", { runs: ids, ...body });
      onDone(body.operation);
      if (!refused.length) {
        dialog.close();
        return;
      }
      fill(outcome, h("p", { class: "warn" }, `${plural(changed, "run")} changed; ${refused.length} refused: ${refused[0].reason}`));
    } catch (error) {
      fill(outcome, errorBanner(error, null));
    }
  }
}
