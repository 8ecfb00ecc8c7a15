// @ts-check
// Data protection: what the service says happens to what is said in a room, and the operator's own text.

import { request } from "./rest.js";
import { enumerate, language, sayKnown } from "./words.js";

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
 * Make the item of a fact: in the reader's language, or as it came if its code is unknown here.
 * @param {string} fact
 * @param {string} code
 * @param {Privacy} privacy
 */
function makeFact(fact, code, privacy) {
  const n = code === "kept" ? privacy.retention_h : privacy.address_days;
  const text = language === "en" ? "" : sayKnown(`privacy.${code}`, { n, companies: enumerate(privacy.sent_to) });
  const item = element("li", text || fact);
  if (!text) item.lang = "en";
  return item;
}

/**
 * Show the facts and the operator's text in a box; raises an error if the service does not answer.
 * @param {HTMLElement} box
 * @param {string} room
 */
export async function showPrivacy(box, room) {
  /** @type {Privacy} */
  const privacy = await (await request(`/api/rooms/${encodeURIComponent(room)}/privacy`)).json();
  const list = document.createElement("ul");
  list.append(...privacy.facts.map((fact, i) => makeFact(fact, privacy.codes[i], privacy)));
  const text = privacy.notice.split("\n").map((line) => element("p", line));
  for (const line of text) line.dir = "auto";
  box.replaceChildren(...text, list);
}
