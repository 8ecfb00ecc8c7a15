// @ts-check
// Links to the pages of a room. The key of a link is made when somebody uses the link, and not before.

import { key } from "../room/access_key.js";
import { READERS, SCREENS, SPEAKERS, makeKey } from "../room/keys.js";
import { request } from "../room/rest.js";

/** @import { AddressList, Role } from "../room/messages" */

/** @typedef {"v" | "overlay" | "stage" | "builder" | "operator" | "microphone" | "slide" | "poster"} PageName */

/** @type {Record<PageName, Role>} */
const ROLES = {
  v: "viewer",
  overlay: "viewer",
  stage: "viewer",
  builder: "viewer",
  slide: "viewer",
  poster: "viewer",
  operator: "operator",
  microphone: "source",
};

/** @type {Record<PageName, string>} Labels of the keys, which the console uses too. */
const LABELS = {
  v: READERS,
  slide: READERS,
  poster: READERS,
  overlay: SCREENS,
  stage: SCREENS,
  builder: SCREENS,
  microphone: SPEAKERS,
  operator: "Console",
};

/**
 * Return where the pages open.
 * @returns {Promise<AddressList>}
 */
export const fetchAddresses = async () => (await request("/api/addresses")).json();

/** @type {(page: PageName, room: string) => string} */
export const pathOf = (page, room) => `${page}/${encodeURIComponent(room)}`;

/**
 * Return `#KEY` for a page of a room: a key of its own if this page may make one, otherwise this page's key.
 * @param {PageName} page
 * @param {string} room
 * @param {boolean} [mayMake]
 */
export async function fragmentOf(page, room, mayMake = true) {
  return mayMake ? makeKey(room, ROLES[page], LABELS[page]) : key() && `#${key()}`;
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
