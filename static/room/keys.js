// @ts-check
// Separate keys for links, so that a link for readers gives no other rights. All tabs of this browser share them.

import { key, readStored, store } from "./access_key.js";
import { request } from "./rest.js";

/** @import { KeyResource, KeyWithSecret, Role } from "./messages" */

/** Label of the key in the links for readers, and in the QR codes of slides and posters. */
export const READERS = "Audience, slide and poster";
/** Label of the key in the links to stage and overlay. */
export const SCREENS = "Stage and overlay";
/** Label of the key in the links to the microphone page. */
export const SPEAKERS = "Microphone page";
const WEEK_S = 7 * 86400;
const DAY_MS = 86_400_000;
const LISTED_MS = 1000; // several keys of a room are checked together
/** @type {Map<string, { atMs: number, keys: Promise<KeyResource[]> }>} The keys of each room, as they were a moment ago. */
const lists = new Map();

/** @type {Map<string, Record<string, KeyWithSecret>>} What this page has made where the browser forbids storage. */
const unstored = new Map();

/** @type {(room: string) => string} */
const addressOf = (room) => `/api/rooms/${encodeURIComponent(room)}/keys`;

/** @type {(room: string) => string} */
const listOf = (room) => `${room} links`;

/**
 * Return the keys that this browser has made for a room, by role and label.
 * @param {string} room
 * @returns {Record<string, KeyWithSecret>}
 */
function readMade(room) {
  try {
    return unstored.get(room) ?? JSON.parse(readStored("localStorage", listOf(room)) || "{}");
  } catch {
    return {}; // another version stored it
  }
}

/**
 * @param {string} room
 * @param {Record<string, KeyWithSecret>} made
 */
function storeMade(room, made) {
  if (!store("localStorage", JSON.stringify(made), listOf(room))) unstored.set(room, made);
}

/**
 * Return a key for links to a room, null if the page has no key; its own must be the room's operator key. Every call with
 * the same role and label returns the same key, until it is revoked or about to end.
 * @param {string} room
 * @param {Role} role
 * @param {string} label
 * @returns {Promise<KeyWithSecret | null>}
 */
export async function findOrMakeKey(room, role, label) {
  if (!key()) return null;
  const name = `${role} ${label}`;
  const stored = readMade(room)[name];
  if (stored && (await isValid(room, stored))) return stored;
  // a key that only reads lasts as long as the service says, because it is printed on posters
  const body = { role, label, ...(role !== "viewer" && { lasts_s: WEEK_S }) };
  /** @type {KeyWithSecret} */
  const made = await (await request(addressOf(room), { method: "POST", body })).json();
  storeMade(room, { ...readMade(room), [name]: made });
  return made;
}

/**
 * Return `#KEY` for a link to a room, with a key of this role; the page's own key must be the room's operator key.
 * Empty if the page has no key, for example on the machine of the service.
 * @param {string} room
 * @param {Role} role
 * @param {string} label
 */
export async function makeKey(room, role, label) {
  const made = await findOrMakeKey(room, role, label);
  return made ? `#${made.key}` : "";
}

/**
 * Return whether a key from an earlier visit is not revoked, and valid for a day or as long as a new one would be.
 * @param {string} room
 * @param {KeyWithSecret} made
 */
async function isValid(room, { id, expires_ms: endMs }) {
  let list = lists.get(room);
  if (!list || list.atMs < Date.now() - LISTED_MS) {
    list = { atMs: Date.now(), keys: request(addressOf(room)).then((answer) => answer.json()) };
    lists.set(room, list);
  }
  const keys = await list.keys;
  const ownEndMs = keys.find((one) => one.is_own)?.expires_ms ?? Infinity;
  return keys.some((one) => one.id === id) && (endMs === null || endMs >= Math.min(Date.now() + DAY_MS, ownEndMs));
}

/**
 * Return the key for readers that this browser has made, with which a slide goes on when its own was renewed.
 * @param {string} room
 */
export const readersKey = (room) => readMade(room)[`viewer ${READERS}`] ?? null;

/**
 * Use the new secrets of keys that this browser has made, and forget those that are revoked. Other tabs get an event.
 * @param {string} room
 * @param {(made: KeyWithSecret) => KeyWithSecret | null} change
 */
export function updateMade(room, change) {
  const made = Object.entries(readMade(room)).map(([name, one]) => [name, change(one)]);
  storeMade(room, Object.fromEntries(made.filter(([, one]) => one)));
}
