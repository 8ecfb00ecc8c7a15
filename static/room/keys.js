// @ts-check
// Separate keys for links, so that a link for readers gives no other rights.

import { request } from "./rest.js";
import { key } from "./socket.js";

/** @import { Role } from "./messages" */

const WEEK_S = 7 * 86400;

/**
 * Return `#KEY` for a link to a room, with a new key of this role; the page's own key must be the room's operator key.
 * Reloads use the same key again. Empty if the page has no key, for example on the machine of the service.
 * @param {string} room
 * @param {Role} role
 * @param {string} [label]
 */
export async function makeKey(room, role, label = "made on the landing page") {
  if (!key()) return "";
  const name = `surtitle-${room}-${role}-${key()}`;
  let made = sessionStorage.getItem(name);
  if (!made) {
    const body = { role, label, lasts_s: WEEK_S };
    const answer = await request(`/api/rooms/${encodeURIComponent(room)}/keys`, { method: "POST", body });
    made = String((await answer.json()).key);
    sessionStorage.setItem(name, made);
  }
  return `#${made}`;
}
