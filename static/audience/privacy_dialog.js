// @ts-check
// The dialog about data protection; fetched when a reader opens it.

import { find } from "../room/page.js";
import { showPrivacy } from "../room/privacy.js";
import { messageOf } from "../room/rest.js";

const dialog = find("privacy", HTMLDialogElement);
const box = find("privacy-text");
find("privacy-close").addEventListener("click", () => dialog.close());

/** @param {string} room */
export async function openPrivacy(room) {
  box.textContent = "Fetching …";
  dialog.showModal();
  try {
    await showPrivacy(box, room);
  } catch (error) {
    box.textContent = messageOf(error, "The service does not answer; try again.");
  }
}
