// @ts-check
// The newest phrases of the room, so that speakers see that their sound arrives.

import { gap } from "../room/languages.js";

/** @import { Caption } from "../room/messages" */

const PHRASES_MAX = 100;

export class Preview {
  /** @type {Map<string, HTMLElement>} Paragraphs by phrase, the oldest first. */
  paragraphs = new Map();

  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
  }

  clear() {
    this.paragraphs.clear();
    this.node.replaceChildren();
  }

  /** @param {Caption} caption */
  show({ phrase, track, state, language, committed, tentative }) {
    if (track !== "original") return;
    const paragraph = this.paragraphs.get(phrase) ?? this.add(phrase);
    const [solid, grey] = paragraph.children;
    const text = state === "withdrawn" ? "" : committed;
    paragraph.lang = language;
    solid.textContent = text;
    grey.textContent = gap(text, tentative) + tentative;
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** @param {string} phrase */
  add(phrase) {
    const paragraph = document.createElement("p");
    const grey = document.createElement("span");
    grey.className = "tentative";
    paragraph.append(document.createElement("span"), grey);
    this.paragraphs.set(phrase, paragraph);
    this.node.append(paragraph);
    for (const [oldest, node] of this.paragraphs) {
      if (this.paragraphs.size <= PHRASES_MAX) break;
      node.remove();
      this.paragraphs.delete(oldest);
    }
    return paragraph;
  }
}
