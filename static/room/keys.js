// @ts-check
// Separate keys for links, so that a link for readers gives no other rights.

import { key, readStored, store } from "./access_key.js";
import { request } from "./rest.js";

/** @import { KeyWithSecret, Role } from "./messages" */

const WEEK_S = 7 * 86400;
const DAY_MS = 86_400_000;

/**
 * Return `#KEY` for a link to a room, with a new key of this role; the page's own key must be the room's operator key.
 * Reloads use the same key again. Empty if the page has no key, for example on the machine of the service.
 * @param {string} room
 * @param {Role} role
 * @param {string} [label]
 */
export async function makeKey(room, role, label = "made on the landing page") {
  if (!key()) return "";
  const name = `${room} ${role}`;
  /** @type {{ by: string, made: KeyWithSecret } | null} */
  const stored = JSON.parse(readStored("sessionStorage", name) || "null");
  if (stored?.by === key() && (stored.made.expires_ms ?? Infinity) > Date.now() + DAY_MS) return `#${stored.made.key}`;
  const body = { role, label, lasts_s: WEEK_S };
  const made = await (await request(`/api/rooms/${encodeURIComponent(room)}/keys`, { method: "POST", body })).json();
  store("sessionStorage", JSON.stringify({ by: key(), made }), name);
  return `#${made.key}`;
}
