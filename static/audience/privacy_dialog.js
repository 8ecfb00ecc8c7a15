// @ts-check
// The dialog about data protection; fetched when a reader opens it.

import { find } from "../room/page.js";
import { sayError } from "../room/problems.js";
import { say } from "../room/words.js";
import { showPrivacy } from "../room/privacy.js";

const dialog = find("privacy", HTMLDialogElement);
const box = find("privacy-text");
find("privacy-close").addEventListener("click", () => dialog.close());

/** @param {string} room */
export async function openPrivacy(room) {
  box.textContent = say("settings.fetching");
  dialog.showModal();
  try {
    await showPrivacy(box, room);
  } catch (error) {
    box.textContent = sayError(error);
  }
}
