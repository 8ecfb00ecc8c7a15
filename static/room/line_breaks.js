// @ts-check
// Cuts text where a line may end: at spaces, between the characters of scripts that have none, between Thai words.

import { JOINED, WIDE } from "./languages.js";

// what may not begin a line, and what may not end one, in Japanese and Chinese (kinsoku)
const CLOSING =
  "、。，．・：；？！,.:;?!%％‰°℃)\\]}）］｝〕〉》」』】〙〗〟｠’”»…‥—～〜ー゠–々〻ゝゞヽヾ" +
  "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿｧ-ｯｰ､｡｣･ๆฯ\\u3099-\\u309c\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}";
const OPENING = "(\\[{（［｛〔〈《「『【〘〖〝｟‘“«｢";

const ATOM = new RegExp(`[${WIDE}]\\s*|[^\\s${WIDE}]+\\s*`, "gu");
const IS_JOINED = new RegExp(`[${JOINED}]`, "u");
const ENDS_FREE = new RegExp(`[${WIDE}${JOINED}]$`, "u");
const STARTS_FREE = new RegExp(`^[${WIDE}${JOINED}]`, "u");
// eslint-disable-next-line no-misleading-character-class -- combining marks are meant by themselves
const STARTS_CLOSING = new RegExp(`^[${CLOSING}]`, "u");
const ENDS_OPENING = new RegExp(`[${OPENING}]$`, "u");
const ENDS_WIDE = new RegExp(`[${WIDE}]$`, "u");
const ENDS_SENTENCE = /[.?!…。？！؟۔।]["'”’»)\]」』]*\s*$/;

// older browsers have no Segmenter
const words = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;
const clusters = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

/**
 * Whether no line may end between these two pieces of one text.
 * @param {string} before
 * @param {string} after
 */
export const sticks = (before, after) =>
  before !== "" &&
  !/\s$/.test(before) &&
  !/^\s/.test(after) &&
  (STARTS_CLOSING.test(after) || ENDS_OPENING.test(before) || !(ENDS_FREE.test(before) || STARTS_FREE.test(after)));

/**
 * Return the pieces of a text between which a line may end, each with the spaces that follow it.
 * @param {string} text
 */
export function breakable(text) {
  /** @type {string[]} */
  const found = [];
  const atoms = (text.match(ATOM) ?? []).flatMap((atom) =>
    words && IS_JOINED.test(atom) ? [...words.segment(atom)].map(({ segment }) => segment) : [atom],
  );
  for (const atom of atoms) {
    const last = found.length - 1;
    // the spaces after a Thai word are a segment of their own
    if (last >= 0 && (sticks(found[last], atom) || !atom.trim())) found[last] += atom;
    else found.push(atom);
  }
  return found;
}

/**
 * Return a piece as it is shown before the next phrase: a space follows a word, none follows a Japanese character.
 * @param {string} piece
 */
export const spaced = (piece) => (/\s$/.test(piece) || ENDS_WIDE.test(piece) ? piece : `${piece} `);

/**
 * Whether a closing mark that is not known yet may follow a text without a space.
 * @param {string} text
 */
export const endsWide = (text) => ENDS_WIDE.test(text);

/**
 * Whether a sentence ends where a text ends.
 * @param {string} text
 */
export const endsSentence = (text) => ENDS_SENTENCE.test(text);

/**
 * Return the characters of a text as readers see them.
 * @param {string} text
 */
export const characters = (text) =>
  clusters ? [...clusters.segment(text)].map(({ segment }) => segment) : Array.from(text);

const RIGHT_TO_LEFT = new Set(["ar", "he", "iw", "fa", "ur", "ps", "sd", "yi", "ji", "dv", "ug", "ckb", "ku-arab"]);

/**
 * Return the direction of a language: `rtl`, or `auto` to follow the text.
 * @param {string} language
 */
export const direction = (language) =>
  RIGHT_TO_LEFT.has(language) || RIGHT_TO_LEFT.has(language.split("-")[0]) ? "rtl" : "auto";
