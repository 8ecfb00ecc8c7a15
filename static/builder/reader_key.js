// @ts-check
// The key for the link that the builder makes.

import { key } from "../room/access_key.js";
import { makeKey } from "../room/keys.js";
import { RoomSocket } from "../room/socket.js";

const ANSWER_MS = 5000;

/**
 * Resolve to whether the page's key is the room's operator key. It uses a socket, because browsers log each HTTP refusal.
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
 * Return `#KEY` for a link for readers: a new key if the page may make one, otherwise the page's own.
 * @param {string} room
 * @param {string} label
 */
export async function readerKey(room, label) {
  if (key() && !(await isOperator(room))) return `#${key()}`;
  return makeKey(room, "viewer", label);
}
