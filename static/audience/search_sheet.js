// @ts-check
// Search in the text of the page: a field, and the phrases that contain the words, the newest first.

import { find, setText } from "../room/page.js";
import { textOf } from "../room/captions.js";
import { say, words as pageWords } from "../room/words.js";

/** @import { History, Phrase } from "./history.js" */
/** @import { VirtualList } from "./virtual_list.js" */

const RESULTS_MAX = 100; // more are no help on a phone; another word is
const FOUND_MS = 4000;
const OLDER_MAX = 100; // requests of 200 phrases

/**
 * Return a text without upper case and accents, so that "cafe" finds "Café".
 * @param {string} text
 */
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");

/**
 * Return the phrases that contain the words on one of the tracks, the newest first.
 * @param {readonly Phrase[]} phrases
 * @param {readonly string[]} tracks
 * @param {string} words
 */
function findPhrases(phrases, tracks, words) {
  const wanted = fold(words.trim());
  if (!wanted) return [];
  return phrases
    .filter(({ captions }) => tracks.some((track) => fold(textOf(captions.get(track))).includes(wanted)))
    .reverse();
}

export class SearchSheet {
  sheet = find("search-sheet");
  field = find("search-field", HTMLInputElement);
  older = find("search-older", HTMLButtonElement);

  /**
   * @param {object} parts
   * @param {History} parts.history
   * @param {VirtualList} parts.list
   * @param {HTMLElement} parts.opener Gets the focus when the sheet closes.
   */
  constructor({ history, list, opener }) {
    this.history = history;
    this.list = list;
    this.opener = opener;
    this.field.addEventListener("input", () => this.draw());
    find("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const [first] = this.results;
      if (first) this.show(first);
    });
    find("search-close").addEventListener("click", () => this.toggle(false));
    this.older.addEventListener("click", () => this.searchOlder());
    pageWords.addEventListener("change", () => this.draw());
    this.sheet.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle(false);
    });
  }

  get results() {
    return findPhrases(this.history.phrases, this.list.tracks, this.field.value);
  }

  /** @param {boolean} [isOpen] */
  toggle(isOpen = Boolean(this.sheet.hidden)) {
    this.sheet.hidden = !isOpen;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) {
      this.draw();
      this.field.focus();
      this.field.select();
    } else {
      this.opener.focus({ preventScroll: true });
    }
  }

  draw() {
    const { results } = this;
    this.older.hidden = !this.history.hasOlder;
    setText(find("search-state"), this.describe(results.length));
    find("search-results").replaceChildren(...results.slice(0, RESULTS_MAX).map((phrase) => this.makeResult(phrase)));
  }

  /** @param {number} n How many phrases were found. */
  describe(n) {
    if (!this.field.value.trim()) return "";
    if (n > RESULTS_MAX) return say("search.many", { n, most: RESULTS_MAX });
    return n ? say("search.found", { n }) : say("search.none");
  }

  /** @param {Phrase} phrase */
  makeResult(phrase) {
    const wanted = fold(this.field.value.trim());
    const captions = this.list.tracks.map((track) => phrase.captions.get(track));
    const caption = captions.find((one) => fold(textOf(one)).includes(wanted));
    const item = document.createElement("li");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: textOf(caption), lang: caption?.language ?? "", dir: "auto" });
    button.addEventListener("click", () => this.show(phrase));
    item.append(button);
    return item;
  }

  /** @param {Phrase} phrase */
  show(phrase) {
    this.toggle(false);
    this.list.showPhrase(phrase);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const { node } = phrase;
        node?.classList.add("found");
        setTimeout(() => node?.classList.remove("found"), FOUND_MS);
      }),
    );
  }

  async searchOlder() {
    this.older.disabled = true;
    setText(find("search-state"), say("search.loading"));
    for (let i = 0; i < OLDER_MAX && this.history.hasOlder; i++) {
      await this.history.fetchOlder();
      if (this.history.problem) break;
    }
    this.older.disabled = false;
    this.list.scheduleDraw();
    this.draw();
    if (this.history.problem) setText(find("search-state"), this.history.problem);
  }
}
