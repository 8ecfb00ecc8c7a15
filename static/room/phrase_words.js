// @ts-check
// The words of a phrase: which it should have, and which of them it has already.

import { gap } from "./languages.js";
import { breakable, spaced, sticks } from "./line_breaks.js";

/** @import { DisplayedCaption } from "./messages" */

/**
 * @typedef {object} Word A piece of text that stays on one line, unless it is longer than a line.
 * @property {string} text With the spaces that follow it.
 * @property {boolean} isSolid Whether it is committed.
 * @property {boolean} isFixed Whether it was solid when it was last shown, so that it does not move any more.
 * @property {number} sinceMs When it got its text and its colour.
 * @property {HTMLElement[]} spans
 */

/**
 * @typedef {object} PhraseWords One phrase, and its words on the lines.
 * @property {DisplayedCaption} caption Its newest state.
 * @property {string} before Committed text before its words, which is not shown any more.
 * @property {Word[]} words
 */

const PIECES_MAX = 200; // more tentative words have never occurred

/**
 * Return the words that a phrase should have now.
 * @param {PhraseWords} phrase
 * @param {boolean} hasTentative Whether tentative words are shown.
 */
export function wordsOf(phrase, hasTentative) {
  const { caption } = phrase;
  const text = committedText(caption);
  if (!text.startsWith(phrase.before)) phrase.before = phrase.words.length ? "" : text;
  const solid = solidPieces(phrase, text);
  const grey = hasTentative && caption.state === "open" ? breakable(caption.tentative).slice(-PIECES_MAX) : [];
  if (solid.length) solid.push(endOf(solid.pop() ?? "", grey[0]));
  if (grey.length) grey.push(endOf(grey.pop() ?? ""));
  return [...solid.map((piece) => makeWord(piece, true)), ...grey.map((piece) => makeWord(piece, false))];
}

/**
 * Return the committed pieces of a phrase. Those that are shown remain as they are: more text may divide Thai differently.
 * @param {PhraseWords} phrase
 * @param {string} text
 */
function solidPieces({ before, words }, text) {
  let at = before.length;
  /** @type {string[]} */
  const kept = [];
  for (const word of words.slice(0, words.findIndex(({ isFixed }) => !isFixed) >>> 0)) {
    const piece = word.text.trim();
    at += text.slice(at).search(/\S|$/);
    if (!text.startsWith(piece, at)) return breakable(text.slice(before.length));
    at += piece.length;
    kept.push(piece + (/^\s+/.exec(text.slice(at))?.[0] ?? ""));
  }
  const [known, more] = [text.slice(0, at), text.slice(at)];
  const pieces = breakable(more);
  if (kept.length && pieces.length && sticks(known, more)) kept.push(`${kept.pop()?.trimEnd()}${pieces.shift()}`);
  return [...kept, ...pieces];
}

/**
 * Forget solid words at the beginning of a phrase whose lines have been removed.
 * @param {PhraseWords} phrase
 */
export function forgetGone(phrase) {
  const text = committedText(phrase.caption);
  while (phrase.words[0]?.isFixed && !phrase.words[0].spans[0]?.isConnected) {
    const word = phrase.words.shift()?.text.trim() ?? "";
    phrase.before = text.slice(0, text.indexOf(word, phrase.before.length) + word.length);
  }
}

/** @param {DisplayedCaption} caption */
export const committedText = ({ state, committed }) => (state === "withdrawn" ? "" : committed.trimEnd());

/**
 * Return the last piece of a text with what separates it from the next text, if that is known.
 * @param {string} piece
 * @param {string} [next]
 */
const endOf = (piece, next) => (next === undefined ? spaced(piece) : piece + gap(piece, next));

/**
 * @param {string} text
 * @param {boolean} isSolid
 * @returns {Word}
 */
export const makeWord = (text, isSolid) => ({ text, isSolid, isFixed: false, sinceMs: performance.now(), spans: [] });

/**
 * Whether a word is already there; a solid one never turns grey again.
 * @param {Word} old
 * @param {Word} word
 */
export const isSame = (old, word) => old.text.trim() === word.text.trim() && (word.isSolid || !old.isSolid);

/**
 * Whether a word only adds something to an old one.
 * @param {Word} old
 * @param {Word} word
 */
export const grows = (old, word) => word.text.startsWith(old.text.trimEnd());

/**
 * Give a word the colour of the same word in the newest state, and the spaces that follow it.
 * @param {Word} old
 * @param {Word} word
 */
export function turn(old, word) {
  if (word.isSolid && !old.isSolid) {
    for (const { classList } of old.spans) classList.replace("caption-pending", "caption-final");
    Object.assign(old, { isSolid: true, sinceMs: performance.now() });
  }
  const span = old.spans[old.spans.length - 1];
  if (span && old.text !== word.text)
    span.textContent = `${span.textContent?.trimEnd()}${word.text.slice(word.text.trimEnd().length)}`;
  old.text = word.text;
}
