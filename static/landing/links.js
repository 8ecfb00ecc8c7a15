// @ts-check
// Links to the pages of a room. The key of a link is made when somebody uses the link, and not before.

import { READERS, SCREENS, SPEAKERS, findOrMakeKey } from "../room/keys.js";
import { request } from "../room/rest.js";

/** @import { AddressList, Role } from "../room/messages" */

/** @typedef {"v" | "overlay" | "stage" | "builder" | "operator" | "microphone" | "slide" | "poster"} PageName */

/** @type {Record<PageName, [role: Role, label: string]>} Pages with the same label share a key, also with the console. */
const KEYS = {
  v: ["viewer", READERS],
  slide: ["viewer", READERS],
  poster: ["viewer", READERS],
  overlay: ["viewer", SCREENS],
  stage: ["viewer", SCREENS],
  builder: ["viewer", SCREENS],
  operator: ["operator", "Console"],
  microphone: ["source", SPEAKERS],
};

/**
 * Return where the pages open.
 * @returns {Promise<AddressList>}
 */
export const fetchAddresses = async () => (await request("/api/addresses")).json();

/** @type {(page: PageName, room: string) => string} */
export const pathOf = (page, room) => `${page}/${encodeURIComponent(room)}`;

/**
 * Return `#KEY` for a page of a room, with a key that opens no more than this page; "" if this page has no key itself.
 * @param {PageName} page
 * @param {string} room
 */
export async function fragmentOf(page, room) {
  const [role, label] = KEYS[page];
  const made = await findOrMakeKey(room, role, label);
  return made ? `#${made.key}` : "";
}

/**
 * Let a link open a page with a key that is made at the first use.
 * @param {HTMLAnchorElement} link
 * @param {PageName} page
 * @param {string} room
 * @param {(error: unknown) => void} onError
 */
export function openOnUse(link, page, room, onError) {
  const path = `/${pathOf(page, room)}`;
  link.href = path;
  /** @param {MouseEvent} event */
  const open = async (event) => {
    if (link.hash || event.button > 1) return; // the key is there, or it is the menu
    event.preventDefault();
    const isApart = link.target === "_blank" || event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey;
    // opened at once, because browsers block windows that come later than the click
    const tab = isApart ? window.open("about:blank", "_blank") : null;
    try {
      link.href = path + (await fragmentOf(page, room));
      if (tab) tab.opener = null;
      (tab ?? window).location.href = link.href;
    } catch (error) {
      tab?.close();
      onError(error);
    }
  };
  link.addEventListener("click", open);
  link.addEventListener("auxclick", open);
}
