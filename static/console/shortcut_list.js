// @ts-check
// The list of all shortcuts, with a switch for the single keys.

import { find } from "../room/page.js";
import { fetchPart } from "./parts.js";

/** @import { Shortcuts } from "./shortcuts.js" */

/**
 * Add the list to the page.
 * @param {Shortcuts} shortcuts
 */
export async function makeShortcutList(shortcuts) {
  document.body.append(...(await fetchPart("shortcut_list")));
  const dialog = find("help", HTMLDialogElement);
  const single = find("single", HTMLInputElement);
  single.checked = shortcuts.isOn;
  single.addEventListener("change", () => shortcuts.switch(single.checked));
  find("help-close").addEventListener("click", () => dialog.close());
  return dialog;
}
