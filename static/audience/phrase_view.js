// @ts-check
// Writes one phrase into its element: solid and grey words, and marks of what the operator changed.

import { repeats, textOf } from "../room/captions.js";
import { gap } from "../room/languages.js";
import { preferences } from "./preferences.js";
import { language as ownLanguage, say } from "../room/words.js";

/** @import { Caption } from "../room/messages" */
/** @import { Phrase } from "./history.js" */

/**
 * Change a text as little as possible, so that a selection in it stays.
 * @param {Element} node Its only child is a text.
 * @param {string} text
 */
function updateText(node, text) {
  const content = /** @type {Text} */ (node.firstChild);
  if (content.data === text) return;
  if (text.startsWith(content.data)) content.appendData(text.slice(content.data.length));
  else content.data = text;
}

/** @param {string} name */
function makePart(name) {
  const span = document.createElement("span");
  span.className = name;
  span.append("");
  return span;
}

function makeParagraph() {
  const paragraph = document.createElement("p");
  paragraph.dir = "auto";
  paragraph.append(makePart("solid"), makePart("tentative"));
  return paragraph;
}

/**
 * @param {HTMLElement} paragraph
 * @param {"corrected" | "outdated" | "untranslated" | ""} kind
 */
function writeMark(paragraph, kind) {
  const shown = paragraph.querySelector(".mark");
  if (!kind) {
    shown?.remove();
    return;
  }
  const mark = shown ?? makePart("mark");
  Object.assign(mark, { lang: ownLanguage, dir: "ltr", title: say(`mark.${kind}Hint`) });
  updateText(mark, say(`mark.${kind}`));
  if (!shown) paragraph.append(" ", mark);
}

/**
 * @param {HTMLElement} paragraph
 * @param {(Caption & { isFallback?: boolean }) | undefined} caption `isFallback`: the original instead of a translation.
 * @param {boolean} isSecond
 */
function writeCaption(paragraph, caption, isSecond) {
  paragraph.className = isSecond ? "text second" : "text";
  paragraph.hidden = textOf(caption) === "";
  if (!caption || paragraph.hidden) return;
  const { language, committed, state, track, is_outdated: isOutdated } = caption;
  const tentative = track === "original" || preferences.hasPreview ? caption.tentative : "";
  if (paragraph.lang !== language) paragraph.lang = language;
  updateText(paragraph.children[0], committed);
  updateText(paragraph.children[1], gap(committed, tentative) + tentative);
  const isFallback = caption.isFallback || ![language, "original"].includes(track);
  const kind = isOutdated ? "outdated" : state === "corrected" ? "corrected" : isFallback ? "untranslated" : "";
  writeMark(paragraph, kind);
}

/**
 * @param {HTMLElement} node
 * @param {string | null | undefined} speaker
 */
function writeSpeaker(node, speaker) {
  const shown = node.querySelector(".speaker");
  if (!speaker) {
    shown?.remove();
    return;
  }
  const name = shown ?? makePart("speaker");
  if (!shown) {
    name.setAttribute("dir", "auto");
    node.prepend(name);
  }
  updateText(name, speaker);
}

/**
 * Write a phrase into its element, one paragraph for each of the tracks.
 * @param {HTMLElement} node
 * @param {Phrase} phrase
 * @param {string[]} tracks
 * @param {string | null} speaker The name to write before it, null for none.
 */
export function writePhrase(node, phrase, tracks, speaker) {
  /** @type {((Caption & { isFallback?: boolean }) | undefined)[]} */
  const captions = tracks.map((track) => phrase.captions.get(track));
  const original = phrase.captions.get("original");
  if (original && phrase.isOverdue && !captions.some(Boolean)) captions[0] = { ...original, isFallback: true };
  if (repeats(captions[0], captions[1])) captions[1] = undefined;
  writeSpeaker(node, captions.some((caption) => textOf(caption)) ? speaker : null);
  const paragraphs = [...node.querySelectorAll("p")];
  while (paragraphs.length > tracks.length) paragraphs.pop()?.remove();
  captions.forEach((caption, i) => {
    paragraphs[i] ??= node.appendChild(makeParagraph());
    writeCaption(paragraphs[i], caption, i > 0);
  });
}
