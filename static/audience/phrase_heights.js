// @ts-check
// Heights of phrases: measured if they were in the document, otherwise estimated from their length.

import { textOf } from "../room/captions.js";

/** @import { Phrase } from "./history.js" */

const SAMPLE = 10000; // characters after which the estimate stays as it is
const MARGIN = 20; // characters that the space between phrases counts for

export class PhraseHeights {
  tracks = ["original"];
  /** Height of a character, in pixels. */
  perCharPx = 1.2;
  sampled = 0;

  /**
   * Forget what was measured, because the width or the size of the text has changed.
   * @param {Phrase[]} phrases
   */
  forget(phrases) {
    this.sampled = 0;
    for (const phrase of phrases) {
      if (phrase.node) phrase.node.style.minBlockSize = "";
      phrase.isMeasured = false;
      phrase.length = null;
      phrase.floor = 0;
    }
  }

  /** @param {Phrase} phrase */
  of(phrase) {
    if (phrase.isMeasured) return phrase.height;
    phrase.length ??= this.tracks.reduce((sum, track) => sum + textOf(phrase.captions.get(track)).length, 0);
    return phrase.length && (phrase.length + MARGIN) * this.perCharPx;
  }

  /**
   * Return the height of the phrases from one index up to another.
   * @param {Phrase[]} phrases
   * @param {number} first
   * @param {number} last
   */
  sum(phrases, first, last) {
    let height = 0;
    for (let i = first; i < last; i++) height += this.of(phrases[i]);
    return height;
  }

  /**
   * Measure the phrases in the document.
   * @param {Phrase[]} phrases
   * @param {number} newest Index of the newest phrase.
   */
  measure(phrases, newest) {
    for (const phrase of phrases) if (!phrase.isMeasured) this.measureOne(phrase);
    // the newest phrase does not shrink while grey words come and go, or the text above it would move up and down
    for (const phrase of phrases) {
      const mayGrow = phrase.isOpen || (phrase.index === newest && phrase.floor > 0);
      const floor = phrase.height && mayGrow ? Math.max(phrase.floor, phrase.height) : 0;
      if (!phrase.node || floor === phrase.floor) continue;
      phrase.floor = floor;
      phrase.node.style.minBlockSize = floor ? `${floor}px` : "";
      if (!floor) phrase.height = phrase.node.getBoundingClientRect().height;
    }
  }

  /** @param {Phrase} phrase */
  measureOne(phrase) {
    if (!phrase.node) return;
    phrase.height = phrase.node.getBoundingClientRect().height;
    phrase.isMeasured = true;
    if (!phrase.height || this.sampled >= SAMPLE) return;
    const length = (phrase.node.textContent?.length ?? 0) + MARGIN;
    this.sampled += length;
    this.perCharPx += (phrase.height - this.perCharPx * length) / this.sampled;
  }

  /**
   * Return the phrase at the top of the window where none is in the document, and its place.
   * @param {readonly Phrase[]} phrases
   * @param {number} top Pixels from the top of the window to the first phrase.
   */
  phraseAt(phrases, top) {
    let i = 0;
    let place = top;
    while (i < phrases.length - 1 && place + this.of(phrases[i]) < 0) place += this.of(phrases[i++]);
    return phrases.length ? { phrase: phrases[i], top: place } : null;
  }
}
