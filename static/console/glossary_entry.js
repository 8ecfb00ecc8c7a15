// @ts-check
// Adds one line to the glossary, whatever else is being typed there.

/** @import { Glossary } from "./glossary.js" */

/**
 * Return a glossary with one more line.
 * @param {string} text
 * @param {string} line
 */
const append = (text, line) => `${text}${text && !text.endsWith("\n") ? "\n" : ""}${line}\n`;

/**
 * Return the line of the glossary that corrects a word, or that only names it if it is right; throws a sentence.
 * @param {string} wrong
 * @param {string} right
 */
export function makeEntry(wrong, right) {
  const [from, to] = [wrong, right].map((text) => text.replace(/\s+/g, " ").trim());
  if (!to) throw new Error("Expected the right spelling. Type it, then add it.");
  for (const text of [from, to]) {
    if (/=>|#/.test(text)) throw new Error(`Expected words without “=>” and “#”, got “${text}”. Change them.`);
  }
  return !from || from === to ? to : `${from} => ${to}`;
}

/**
 * Add a word to the saved glossary, and to what the operator is typing; returns a sentence, and throws one if it fails.
 * @param {Glossary} glossary
 * @param {string} wrong What was written.
 * @param {string} right What should be written.
 */
export async function addToGlossary(glossary, wrong, right) {
  const line = makeEntry(wrong, right);
  const { room, input } = glossary;
  const saved = (await room.rest.fetchRoom()).glossary.replace(/\r\n?/g, "\n");
  if (saved.split("\n").some((one) => one.trim() === line)) return `The glossary has “${line}” already.`;
  const typed = glossary.isChanged && glossary.theirs === null && saved === glossary.base ? input.value : null;
  const { glossary: now } = await room.change({ glossary: append(saved, line) });
  if (typed !== null) {
    input.value = append(typed, line);
    glossary.base = now.replace(/\r\n?/g, "\n");
    glossary.theirs = null;
    glossary.render();
  }
  return `The glossary has “${line}” now. It applies to what is said from now on.`;
}
