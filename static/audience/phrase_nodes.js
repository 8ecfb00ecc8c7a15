// @ts-check
// The phrases that are in the document, as elements of the list.

import { say } from "../room/words.js";
import { writePhrase } from "./phrase_view.js";

/** @import { History, Phrase } from "./history.js" */

const PAUSE_S = 60; // after which the same speaker is named again

export class PhraseNodes {
  /** @type {Set<Phrase>} Phrases that must be written again. */
  stale = new Set();
  /** @type {WeakMap<Element, Phrase>} */
  phrases = new WeakMap();

  /**
   * @param {HTMLElement} list
   * @param {History} history
   * @param {(label: string | null) => string | null} nameOf Returns the name of a speaker, null for none.
   */
  constructor(list, history, nameOf) {
    this.list = list;
    this.history = history;
    this.nameOf = nameOf;
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
      const name = this.nameBefore(phrase);
      if (isNew || this.stale.has(phrase) || name !== phrase.name) {
        writePhrase(node, phrase, tracks, name);
        Object.assign(phrase, { name, isMeasured: false, length: null });
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
   * Return the speaker's name if another one speaks in the phrase before, or it was said long before; else null. Words
   * after those of a named person are not theirs: while a phrase is open, its speaker may still get a name.
   * @param {Phrase} phrase
   */
  nameBefore(phrase) {
    const before = this.history.phrases[phrase.index - 1];
    const name = this.nameOf(phrase.speaker);
    if (!name) return before && !phrase.isOpen && this.nameOf(before.speaker) ? say("speaker.unnamed") : null;
    const isSame = before && name === this.nameOf(before.speaker) && phrase.startS - before.startS < PAUSE_S;
    return isSame ? null : name;
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
