// Keys of their own for links, so that a link that may read is not one that may do everything.

import { RoomSocket, key } from "./socket.js";

const WEEK_S = 7 * 86400;
const ANSWER_MS = 5000;

/**
 * Returns `#KEY` for a link to a room, with a new key of this role; the page's own key must be the room's operator's.
 * It is kept over reloads. Empty where the page has no key, as on the service's own machine.
 */
export async function makeKey(room, role, label = "made on the page of links") {
  if (!key()) return "";
  const name = `surtitle-${room}-${role}-${key()}`;
  let made = sessionStorage.getItem(name);
  if (!made) {
    const answer = await fetch(`/api/rooms/${encodeURIComponent(room)}/keys`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key()}`, "Content-Type": "application/json" },
      body: JSON.stringify({ role, label, lasts_s: WEEK_S }),
    });
    if (!answer.ok) throw new Error((await answer.json()).message);
    made = (await answer.json()).key;
    sessionStorage.setItem(name, made);
  }
  return `#${made}`;
}

/** Tells whether the page's key runs the room: a socket is asked, because browsers log what HTTP refuses as an error. */
function isOperator(room) {
  return new Promise((resolve) => {
    const answer = (is) => {
      clearTimeout(timer);
      socket.close();
      resolve(is);
    };
    // where no socket gets through, making a key tells
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

/** Returns `#KEY` for a link that reads: a new key where the page may make one, else the page's own. */
export async function readerKey(room, label) {
  if (key() && !(await isOperator(room))) return `#${key()}`;
  return makeKey(room, "viewer", label);
}
