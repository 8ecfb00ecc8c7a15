// @ts-check
// The list of texts that a search has found, each with its matches marked and with the text it would become.

import { trackName } from "../room/languages.js";
import { formatClock } from "./phrase_row.js";

/** @import { FoundText } from "./search.js" */

/** @typedef {{ phrase: string, track: string }} Place */
/** @typedef {{ text: FoundText, node: HTMLElement, box: HTMLInputElement, button: HTMLElement, after: HTMLElement }} Row */

/**
 * Return the text that a replacement makes, in parts: what is between, a replacement, …; as app/captions/text_search.py does.
 * @param {string[]} parts
 * @param {string} replacement
 */
export function replaceParts(parts, replacement) {
  const word = replacement.trim();
  if (word) return parts.map((part, i) => (i % 2 ? word : part));
  let text = parts[0];
  for (let i = 2; i < parts.length; i += 2) {
    const isDoubled = (!text || text.endsWith(" ")) && parts[i].startsWith(" ");
    text += isDoubled ? parts[i].slice(1) : parts[i];
  }
  return [text.trim()];
}

/**
 * Return a count with its noun.
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

export class SearchResults {
  /** @type {Row[]} */
  rows = [];
  isManyTracks = false;

  /**
   * @param {HTMLElement} list
   * @param {object} actions
   * @param {() => void} actions.onTick Called when the operator sets or removes a tick.
   * @param {(row: Row) => void} actions.change Changes one text.
   */
  constructor(list, { onTick, change }) {
    this.list = list;
    this.change = change;
    list.addEventListener("change", () => onTick());
  }

  get size() {
    return this.rows.length;
  }

  /** The texts that are to change. */
  get chosen() {
    return this.rows.filter(({ box }) => box.checked).map(placeOf);
  }

  /** The texts that are to stay. */
  get left() {
    return this.rows.filter(({ box }) => !box.checked).map(placeOf);
  }

  /**
   * @param {FoundText[]} texts
   * @param {boolean} isManyTracks
   */
  show(texts, isManyTracks) {
    this.isManyTracks = isManyTracks;
    this.rows = [];
    this.list.replaceChildren();
    this.add(texts);
  }

  /** @param {FoundText[]} texts */
  add(texts) {
    const rows = texts.map((text) => this.makeRow(text));
    this.rows.push(...rows);
    this.list.append(...rows.map(({ node }) => node));
  }

  /** @param {FoundText} text */
  makeRow(text) {
    const [node, when, what, before, after] = ["li", "span", "div", "p", "p"].map((tag) => document.createElement(tag));
    const box = document.createElement("input");
    const button = document.createElement("button");
    box.type = "checkbox";
    box.checked = true;
    when.className = "when";
    when.textContent = formatClock(text.start_s) + (this.isManyTracks ? ` ${trackName(text.track)}` : "");
    box.setAttribute("aria-label", `Change the text at ${when.textContent}`);
    what.className = "what";
    after.className = "new";
    for (const line of [before, after]) Object.assign(line, { dir: "auto", lang: text.language });
    before.append(...marked(text.parts, "mark"));
    what.append(before, after);
    Object.assign(button, { type: "button", className: "small", textContent: "Change" });
    button.setAttribute("aria-label", `Change only the text at ${when.textContent}`);
    node.append(box, when, what, button);
    const row = { text, node, box, button, after };
    button.addEventListener("click", () => this.change(row));
    return row;
  }

  /** @param {Row[]} rows */
  remove(rows) {
    for (const { node } of rows) node.remove();
    this.rows = this.rows.filter((row) => !rows.includes(row));
  }

  /**
   * Show what each text becomes.
   * @param {string} replacement "" shows what remains if the matches are deleted.
   * @param {boolean} isShown Whether anything is to be shown.
   */
  preview(replacement, isShown) {
    for (const { text, node, box, button, after } of this.rows) {
      node.classList.toggle("left", !box.checked);
      for (const one of [box, button, after]) one.hidden = !isShown;
      if (!isShown) continue;
      const parts = replaceParts(text.parts, replacement);
      const isEmpty = !parts.join("");
      after.replaceChildren("→ ", ...(isEmpty ? ["The phrase is withdrawn."] : marked(parts, "ins")));
    }
  }
}

/**
 * @param {string[]} parts
 * @param {"mark" | "ins"} tag
 */
function marked(parts, tag) {
  return parts.map((part, i) => {
    if (i % 2 === 0) return part;
    const node = document.createElement(tag);
    node.textContent = part;
    return node;
  });
}

/**
 * Return which phrase and track a row is of.
 * @param {Row} row
 */
export const placeOf = ({ text: { phrase, track } }) => ({ phrase, track });
