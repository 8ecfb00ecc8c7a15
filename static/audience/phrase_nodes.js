// @ts-check
// The phrases that are in the document, as elements of the list.

import { writePhrase } from "./phrase_view.js";

/** @import { History, Phrase } from "./history.js" */

export class PhraseNodes {
  /** @type {Set<Phrase>} Phrases that must be written again. */
  stale = new Set();
  /** @type {WeakMap<Element, Phrase>} */
  phrases = new WeakMap();

  /**
   * @param {HTMLElement} list
   * @param {History} history
   */
  constructor(list, history) {
    this.list = list;
    this.history = history;
  }

  clear() {
    this.list.replaceChildren();
    this.stale.clear();
  }

  /** Mark all phrases in the document as changed. */
  markAllStale() {
    for (const phrase of this.history.phrases) if (phrase.node) this.stale.add(phrase);
  }

  /**
   * Put the phrases of a range into the document, and take others out.
   * @param {number} first
   * @param {number} last
   * @param {string[]} tracks
   */
  write(first, last, tracks) {
    const { phrases } = this.history;
    for (const node of [...this.list.children]) {
      const phrase = this.phrases.get(node);
      if (phrase && phrases[phrase.index] === phrase && phrase.index >= first && phrase.index < last) continue;
      node.remove();
      if (phrase) Object.assign(phrase, { node: null, floor: 0 });
    }
    let next = this.list.firstElementChild;
    for (const phrase of phrases.slice(first, last)) {
      const isNew = !phrase.node;
      const node = phrase.node ?? this.makeNode(phrase);
      if (isNew || this.stale.has(phrase)) {
        writePhrase(node, phrase, tracks, this.isTurn(phrase));
        Object.assign(phrase, { isMeasured: false, length: null });
      }
      if (isNew) this.list.insertBefore(node, next);
      else next = node.nextElementSibling;
    }
    for (const phrase of this.stale) if (!phrase.node) Object.assign(phrase, { isMeasured: false, length: null });
    this.stale.clear();
  }

  /** @param {Phrase} phrase */
  makeNode(phrase) {
    const node = document.createElement("div");
    node.className = "phrase";
    this.phrases.set(node, phrase);
    phrase.node = node;
    return node;
  }

  /**
   * Whether another speaker speaks than in the phrase before.
   * @param {Phrase} phrase
   */
  isTurn(phrase) {
    const before = this.history.phrases[phrase.index - 1];
    return phrase.speaker !== null && phrase.speaker !== (before?.speaker ?? null);
  }

  /**
   * Return the first phrase that is visible below a line, and its place in pixels from the top of the window.
   * @param {number} line
   */
  firstBelow(line) {
    for (const node of this.list.children) {
      const { top, bottom } = node.getBoundingClientRect();
      const phrase = this.phrases.get(node);
      if (bottom > line) return phrase && top < innerHeight ? { phrase, top } : null;
    }
    return null;
  }

  /** Return the indexes of the first and the last phrase in the document, null if there is none. */
  get range() {
    const [first, last] = [this.list.firstElementChild, this.list.lastElementChild];
    const [from, to] = [first && this.phrases.get(first), last && this.phrases.get(last)];
    return from && to ? { first: from.index, last: to.index } : null;
  }
}
