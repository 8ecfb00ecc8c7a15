// @ts-check
// Words that the model was not sure of: they are found by their numbers and shaded. docs/protocol.md says how words are numbered.

import { JOINED, WIDE } from "../room/languages.js";
import { setText } from "../room/page.js";

const NUMBERED = new RegExp(`[${WIDE}${JOINED}]|[^ ${WIDE}${JOINED}]+`, "gu");
const TITLE = "The model was not sure of this word";

/** @typedef {{ text: string, isDoubtful: boolean }} Passage */

/**
 * Split a text into sure and doubtful passages; doubtful words that follow each other are one passage.
 * @param {string} text
 * @param {number[]} doubtful Numbers of the doubtful words.
 * @returns {Passage[]}
 */
export function splitPassages(text, doubtful) {
  const numbers = new Set(doubtful);
  const words = [...text.matchAll(NUMBERED)].map(({ index, 0: word }) => ({ index, end: index + word.length }));
  /** @type {Passage[]} */
  const passages = [];
  let at = 0;
  for (let n = 0; n < words.length; n += 1) {
    if (!numbers.has(n)) continue;
    const { index } = words[n];
    while (numbers.has(n + 1) && n + 1 < words.length) n += 1;
    if (index > at) passages.push({ text: text.slice(at, index), isDoubtful: false });
    passages.push({ text: text.slice(index, words[n].end), isDoubtful: true });
    at = words[n].end;
  }
  if (at < text.length) passages.push({ text: text.slice(at), isDoubtful: false });
  return passages;
}

/**
 * Show a text with its doubtful words shaded; only where something changes, so that a selection stays.
 * @param {HTMLElement} node
 * @param {string} text
 * @param {number[]} doubtful
 */
export function showWords(node, text, doubtful) {
  const numbers = doubtful.join();
  if (node.textContent === text && (node.dataset.doubtful ?? "") === numbers) return;
  node.dataset.doubtful = numbers;
  node.replaceChildren(
    ...splitPassages(text, doubtful).map((passage) => (passage.isDoubtful ? makeMark(passage.text) : passage.text)),
  );
}

/**
 * Write the doubtful words of a text for screen readers, which do not read shades.
 * @param {HTMLElement} node
 * @param {HTMLElement} words The text, as `showWords` shows it.
 */
export function describeDoubt(node, words) {
  const marks = [...words.querySelectorAll("mark")].map(({ textContent }) => `“${textContent}”`);
  setText(node, marks.length ? `The model was not sure of: ${marks.join(", ")}` : "");
}

/** @param {string} text */
function makeMark(text) {
  const mark = document.createElement("mark");
  mark.title = TITLE;
  mark.textContent = text;
  return mark;
}
