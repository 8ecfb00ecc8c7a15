// @ts-check
// Adds a word of the live text to the glossary: one that is selected, one that is doubtful, or one that is typed.

import { find, setText } from "../room/page.js";
import { addToGlossary } from "./glossary_entry.js";
import { fetchPart, fetchStyle } from "./parts.js";
import { StatusLine } from "./status_line.js";

/** @import { Glossary } from "./glossary.js" */
/** @import { PhraseList } from "./phrase_list.js" */

const WORD_MAX = 80; // a longer selection is no word or name
const EDGE_PX = 8;
const ENDS = /^[\s\p{P}]+|[\s\p{P}]+$/gu;

/** @typedef {{ word: string, at: DOMRect }} SelectedWord */

/**
 * Return a text without the spaces and the punctuation around it.
 * @param {string} text
 */
const trimWord = (text) => text.replace(ENDS, "").replace(/\s+/g, " ");

/**
 * Return the word that is selected in the live text or in an editor there, null if there is none.
 * @returns {SelectedWord | null}
 */
function selectedWord() {
  const active = document.activeElement;
  if (active instanceof HTMLTextAreaElement && active.closest(".correction")) {
    const word = trimWord(active.value.slice(active.selectionStart, active.selectionEnd));
    return word && word.length <= WORD_MAX ? { word, at: active.getBoundingClientRect() } : null;
  }
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const { commonAncestorContainer: place } = range;
  const node = place instanceof Element ? place : place.parentElement;
  const word = trimWord(selection.toString());
  if (!node?.closest("#phrases .text") || !word || word.length > WORD_MAX) return null;
  return { word, at: range.getBoundingClientRect() };
}

class WordEntry {
  dialog = find("word", HTMLDialogElement);
  offer = find("word-offer");
  wrong = find("word-wrong", HTMLInputElement);
  right = find("word-right", HTMLInputElement);
  status = new StatusLine(find("word-report"));

  /**
   * @param {Glossary} glossary
   * @param {PhraseList} phrases
   * @param {() => Promise<void>} openSearch
   */
  constructor(glossary, phrases, openSearch) {
    this.glossary = glossary;
    this.phrases = phrases;
    this.openSearch = openSearch;
    // before the button takes the focus, and the selection with it
    this.offer.addEventListener("pointerdown", (event) => event.preventDefault());
    this.offer.addEventListener("click", () => this.open());
    find("word-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    find("word-cancel").addEventListener("click", () => this.dialog.close());
    find("word-search").addEventListener("click", () => this.search());
    this.phrases.scroller.addEventListener("scroll", () => this.showOffer(), { passive: true });
  }

  /** Show a button at the word that is selected; hide it if none is. */
  showOffer() {
    const selected = this.dialog.open ? null : selectedWord();
    this.offer.hidden = !selected;
    if (!selected) return;
    const { left, bottom } = selected.at;
    const { offsetWidth, offsetHeight } = this.offer;
    const place = this.phrases.scroller.getBoundingClientRect();
    const top = Math.max(place.top, Math.min(bottom + 4, innerHeight - offsetHeight - EDGE_PX));
    this.offer.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - offsetWidth - EDGE_PX))}px`;
    this.offer.style.top = `${top}px`;
  }

  /** Open the form with the selected word, otherwise with the doubtful one that was reached last. */
  open() {
    const reached = document.querySelector(".phrase[aria-current] .reached")?.textContent ?? "";
    const word = selectedWord()?.word ?? trimWord(reached);
    this.wrong.value = this.right.value = word;
    this.status.done("");
    this.offer.hidden = true;
    this.dialog.showModal();
    (word ? this.right : this.wrong).focus();
    this.right.select();
  }

  async add() {
    let sentence = "";
    const isDone = await this.status.run(async () => {
      sentence = await addToGlossary(this.glossary, this.wrong.value, this.right.value);
      return sentence;
    });
    if (!isDone) return;
    this.dialog.close();
    this.phrases.status.done(sentence);
  }

  /** Search the talk for the word, with its right spelling as the replacement. */
  async search() {
    const [wrong, right] = [this.wrong.value.trim(), this.right.value.trim()];
    this.dialog.close();
    await this.openSearch();
    const [text, replacement] = ["search-text", "search-replacement"].map((id) => find(id, HTMLInputElement));
    text.value = wrong || right;
    replacement.value = wrong && right !== wrong ? right : "";
    for (const input of [text, replacement]) input.dispatchEvent(new Event("input", { bubbles: true }));
    setText(find("search-report"), "");
  }
}

/** @type {Promise<WordEntry> | null} */
let loading = null;

/**
 * Return the form, which is loaded at the first call; throws if the service does not answer.
 * @param {Glossary} glossary
 * @param {PhraseList} phrases
 * @param {() => Promise<void>} openSearch
 */
export function loadWordEntry(glossary, phrases, openSearch) {
  loading ??= Promise.all([fetchPart("word_entry"), fetchStyle("word_entry"), fetchStyle("dialogs")]).then(([part]) => {
    document.body.append(...part);
    return new WordEntry(glossary, phrases, openSearch);
  });
  loading.catch(() => {
    loading = null;
  });
  return loading;
}
