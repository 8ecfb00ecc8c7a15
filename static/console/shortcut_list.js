// @ts-check
// The list of all shortcuts, with a switch for the single keys.

import { find } from "../room/page.js";
import { fetchPart } from "./parts.js";

/** @import { Shortcut, Shortcuts } from "./shortcuts.js" */

/**
 * Add the list to the page.
 * @param {Shortcuts} shortcuts
 * @param {Shortcut[]} all
 */
export async function makeShortcutList(shortcuts, all) {
  document.body.append(...(await fetchPart("shortcut_list")));
  const dialog = find("help", HTMLDialogElement);
  const single = find("single", HTMLInputElement);
  single.checked = shortcuts.isOn;
  single.addEventListener("change", () => shortcuts.switch(single.checked));
  find("help-close").addEventListener("click", () => dialog.close());
  for (const { keys, help } of all) if (help) find("keys").append(make("dt", make("kbd", keys)), make("dd", help));
  return dialog;
}

/**
 * @param {string} tag
 * @param {Node | string} content
 */
function make(tag, content) {
  const node = document.createElement(tag);
  node.append(content);
  return node;
}
