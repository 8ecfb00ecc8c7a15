// @ts-check
// The receipt of an erasure: what was deleted and what remains, to read and to save as a text file.

import { find, query, setText } from "../room/page.js";

/** @import { Receipt } from "../room/messages" */

/**
 * @param {string} room
 * @param {Receipt} receipt
 */
export function showReceipt(room, { at, text }) {
  const link = find("receipt-save", HTMLAnchorElement);
  setText(query(find("receipt"), "pre"), text);
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = `${room} erased ${at.replaceAll(":", "-")}.txt`;
  find("receipt").hidden = false;
}
