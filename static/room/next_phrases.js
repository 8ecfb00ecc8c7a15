// @ts-check
// The tentative words behind a phrase that has ended. They are the beginning of the next phrase, which comes with the next
// decode; until then they stay where they are.

import { breakable } from "./line_breaks.js";

/** @import { DisplayedCaption } from "./messages" */
/** @import { PhraseWords, Word } from "./phrase_words.js" */

const WAIT_MS = 2000; // the next decode comes within 1 s, or within 2 s on a busy machine
const OFF_MAX = 2; // words that the last decode may have added or left out

export class NextPhrases {
  /** @type {Map<string, { phrase: PhraseWords, timer: number }>} The beginning of the next phrase by source. */
  waiting = new Map();

  /** @param {(phrase: PhraseWords) => void} withdraw Receives a beginning whose phrase did not come. */
  constructor(withdraw) {
    this.withdraw = withdraw;
  }

  /**
   * Return the texts of the tentative words of a phrase that come after its end.
   * @param {PhraseWords} phrase Its words until now.
   * @param {DisplayedCaption} caption Its new state.
   */
  leftOver({ before, words }, caption) {
    if (caption.state !== "final") return [];
    const pieces = breakable(caption.committed.trimEnd().slice(before.length));
    const last = plain(pieces[pieces.length - 1] ?? "");
    for (let i = words.length - 1; last && i >= 0 && !words[i].isFixed; i--) {
      const isEnd = plain(words[i].text) === last && Math.abs(i + 1 - pieces.length) <= OFF_MAX;
      if (isEnd) return words.slice(i + 1).map(({ text }) => text);
    }
    const nFixed = words.filter((word) => word.isFixed).length;
    return nFixed === pieces.length ? words.slice(nFixed).map(({ text }) => text) : [];
  }

  /**
   * Return the beginning of the phrase that follows a caption, as an open phrase with these words.
   * @param {DisplayedCaption} caption
   * @param {Word[]} words
   * @returns {PhraseWords}
   */
  keep(caption, words) {
    const source = caption.source ?? "";
    const old = this.waiting.get(source);
    if (old) this.drop(source, old.phrase);
    const phrase = {
      caption: { ...caption, phrase: `after ${caption.phrase}`, state: /** @type {const} */ ("open"), committed: "" },
      before: "",
      words,
    };
    this.waiting.set(source, { phrase, timer: setTimeout(() => this.drop(source, phrase), WAIT_MS) });
    return phrase;
  }

  /**
   * Return the beginning that waits for a new phrase.
   * @param {DisplayedCaption} caption
   */
  take({ source = "" }) {
    const found = this.waiting.get(source);
    if (!found) return null;
    clearTimeout(found.timer);
    this.waiting.delete(source);
    return found.phrase;
  }

  /**
   * @param {string} source
   * @param {PhraseWords} phrase
   */
  drop(source, phrase) {
    clearTimeout(this.waiting.get(source)?.timer);
    this.waiting.delete(source);
    this.withdraw(phrase);
  }

  clear() {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }
}

/**
 * Return a word without case and punctuation, or a mark as it is.
 * @param {string} text
 */
const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") || text.trim();
