// Keys of their own for links, so that a link that may read is not one that may do everything.

import { key } from "./socket.js";

const WEEK_S = 7 * 86400;

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
    if (!answer.ok) {
      const { code, message } = await answer.json();
      throw Object.assign(new Error(message), { code });
    }
    made = (await answer.json()).key;
    sessionStorage.setItem(name, made);
  }
  return `#${made}`;
}

/** Returns `#KEY` for a link that reads: a new key where the page may make one, else the page's own, which then only reads. */
export async function readerKey(room, label) {
  try {
    return await makeKey(room, "viewer", label);
  } catch (error) {
    if (error.code === "access") return `#${key()}`;
    throw error;
  }
}
