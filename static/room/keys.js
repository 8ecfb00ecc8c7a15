// @ts-check
// Separate keys for links, so that a link for readers gives no other rights.

import { key, readStored, store } from "./access_key.js";
import { request } from "./rest.js";

/** @import { KeyResource, KeyWithSecret, Role } from "./messages" */

/** @typedef {{ by: string, made: KeyWithSecret }} Stored A made key, and the key of the page that made it. */

const WEEK_S = 7 * 86400;
const DAY_MS = 86_400_000;
/** @type {Map<string, Promise<KeyResource[]>>} The keys of each room, as they were when the page was loaded. */
const lists = new Map();

/** @type {(room: string) => string} */
const addressOf = (room) => `/api/rooms/${encodeURIComponent(room)}/keys`;

/**
 * Return a key that this tab has made, null if there is none.
 * @param {string} name
 * @returns {Stored | null}
 */
const readMade = (name) => JSON.parse(readStored("sessionStorage", name) || "null");

/**
 * @param {string} name
 * @param {KeyWithSecret | null} made
 */
const storeMade = (name, made) => store("sessionStorage", made ? JSON.stringify({ by: key(), made }) : "", name);

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
  const stored = readMade(name);
  if (stored?.by === key() && (await isValid(room, stored.made))) return `#${stored.made.key}`;
  const body = { role, label, lasts_s: WEEK_S };
  const made = await (await request(addressOf(room), { method: "POST", body })).json();
  storeMade(name, made);
  return `#${made.key}`;
}

/**
 * Return whether a key from an earlier visit of this tab is not revoked, and valid for a day at least.
 * @param {string} room
 * @param {KeyWithSecret} made
 */
async function isValid(room, { id, expires_ms: endMs }) {
  if (endMs !== null && endMs < Date.now() + DAY_MS) return false;
  /** @type {Promise<KeyResource[]>} */
  const list = lists.get(room) ?? request(addressOf(room)).then((answer) => answer.json());
  lists.set(room, list);
  return (await list).some((one) => one.id === id);
}

/**
 * Use the new secrets of keys that this tab has made, and forget those that are revoked.
 * @param {string} room
 * @param {(made: KeyWithSecret) => KeyWithSecret | null} change
 */
export function updateMade(room, change) {
  for (const role of ["viewer", "source", "operator"]) {
    const stored = readMade(`${room} ${role}`);
    if (stored) storeMade(`${room} ${role}`, change(stored.made));
  }
}
