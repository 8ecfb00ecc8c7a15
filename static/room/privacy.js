// @ts-check
// Data protection: what the service says happens to what is said in a room, and the operator's own text.

import { request } from "./rest.js";

/** @import { Privacy } from "./messages" */

/**
 * @param {string} tag
 * @param {string} text
 */
function element(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

/**
 * Show the facts and the operator's text in a box; raises an error if the service does not answer.
 * @param {HTMLElement} box
 * @param {string} room
 */
export async function showPrivacy(box, room) {
  /** @type {Privacy} */
  const { facts, notice } = await (await request(`/api/rooms/${encodeURIComponent(room)}/privacy`)).json();
  const list = document.createElement("ul");
  list.append(...facts.map((fact) => element("li", fact)));
  const text = notice.split("\n").map((line) => element("p", line));
  for (const line of text) line.dir = "auto";
  box.replaceChildren(...text, list);
}
