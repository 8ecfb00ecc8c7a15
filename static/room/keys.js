// @ts-check
// Separate keys for links, so that a link for readers cannot do everything.

import { request } from "./rest.js";
import { RoomSocket, key } from "./socket.js";

/** @import { Role } from "./messages" */

const WEEK_S = 7 * 86400;
const ANSWER_MS = 5000;

/**
 * Return `#KEY` for a link to a room, with a new key of this role; the page's own key must be the room's operator key.
 * Reloads use the same key again. Empty where the page has no key, as on the service's own machine.
 * @param {string} room
 * @param {Role} role
 * @param {string} [label]
 */
export async function makeKey(room, role, label = "made on the page of links") {
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

/**
 * Resolve to whether the page's key is the room's operator key. A socket is asked, because browsers log each HTTP refusal.
 * @param {string} room
 * @returns {Promise<boolean>}
 */
function isOperator(room) {
  return new Promise((resolve) => {
    /** @param {boolean} is */
    const answer = (is) => {
      clearTimeout(timer);
      socket.close();
      resolve(is);
    };
    // where no socket gets through, the request for a key shows it
    const timer = setTimeout(() => answer(true), ANSWER_MS);
    const socket = new RoomSocket(
      room,
      () => ({ role: "operator" }),
      () => answer(true),
      (status) => {
        if (status === "refused") answer(false);
      },
    );
  });
}

/**
 * Return `#KEY` for a link for readers: a new key where the page may make one, else the page's own.
 * @param {string} room
 * @param {string} label
 */
export async function readerKey(room, label) {
  if (key() && !(await isOperator(room))) return `#${key()}`;
  return makeKey(room, "viewer", label);
}
