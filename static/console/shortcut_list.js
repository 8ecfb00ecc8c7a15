// @ts-check
// The list of all shortcuts, with a switch for the single keys.

import { find } from "../room/page.js";
import { fetchPart, fetchStyle } from "./parts.js";

/** @import { Shortcuts } from "./shortcuts.js" */

/**
 * Add the list to the page.
 * @param {Shortcuts} shortcuts
 */
export async function makeShortcutList(shortcuts) {
  const [part] = await Promise.all([fetchPart("shortcut_list"), fetchStyle("dialogs")]);
  document.body.append(...part);
  const dialog = find("help", HTMLDialogElement);
  const single = find("single", HTMLInputElement);
  single.checked = shortcuts.isOn;
  single.addEventListener("change", () => shortcuts.switch(single.checked));
  find("help-close").addEventListener("click", () => dialog.close());
  return dialog;
}
