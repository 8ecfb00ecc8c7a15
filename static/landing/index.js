// @ts-check
// The landing page: the rooms of this service, and links to each of their pages.

import { REALLY_FORGET, forgetDevice, takeKey } from "../room/access_key.js";
import { makeKey } from "../room/keys.js";
import { find, query, setText } from "../room/page.js";
import { messageOf, request } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { describeRoom } from "./room_description.js";

/** @import { RoomResource } from "../room/messages" */

const REFRESH_MS = 2000;
const COPIED_MS = 2000;
/** @type {Map<string, HTMLElement>} */
const cards = new Map();

/**
 * Return the card of a room, with links that each have a key of their own.
 * @param {string} name
 */
async function cardOf(name) {
  const known = cards.get(name);
  if (known) return known;
  const node = query(find("room", HTMLTemplateElement).content, "section");
  const card = /** @type {HTMLElement} */ (node.cloneNode(true));
  const viewer = await makeKey(name, "viewer");
  const source = await makeKey(name, "source");
  const operator = await makeKey(name, "operator");
  /** @type {(page: string, fragment: string) => string} */
  const link = (page, fragment) => `/${page}/${encodeURIComponent(name)}${fragment}`;
  query(card, "h2").textContent = `Room ${name}`;
  const links = {
    ".console": link("operator", operator),
    ".audience": link("v", viewer),
    ".stage": link("stage", viewer),
    ".overlay": link("overlay", viewer),
    ".microphone": link("microphone", source),
    ".builder": link("builder", viewer),
  };
  for (const [selector, address] of Object.entries(links)) query(card, selector, HTMLAnchorElement).href = address;
  const copy = query(card, ".copy");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(new URL(links[".overlay"], location.href).href);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Copying was blocked";
    }
    setTimeout(() => {
      copy.textContent = "Copy overlay link";
    }, COPIED_MS);
  });
  find("rooms").append(card);
  cards.set(name, card);
  return card;
}

async function refresh() {
  try {
    /** @type {RoomResource[]} */
    const rooms = await (await request("/api/rooms")).json();
    for (const [name, node] of cards) {
      if (rooms.some((room) => room.name === name)) continue;
      node.remove();
      cards.delete(name);
    }
    for (const { name, is_open: isOpen, state } of rooms) {
      setText(query(await cardOf(name), ".state"), isOpen ? describeRoom(state) : "This room is closed.");
    }
    setText(find("warning"), "");
  } catch (error) {
    setText(find("warning"), messageOf(error, "The service does not answer; trying again."));
  }
  setTimeout(refresh, REFRESH_MS);
}

takeKey();
onSecondPress(find("forget"), REALLY_FORGET, forgetDevice);
refresh();
