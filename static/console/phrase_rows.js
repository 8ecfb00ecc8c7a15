// @ts-check
// The rows of the console's list, in the order the phrases were said.

import { find } from "../room/page.js";
import { PhraseRow } from "./phrase_row.js";

/** @import { Caption } from "../room/messages" */
/** @import { RowActions } from "./phrase_row.js" */

export class PhraseRows {
  /** @type {Map<string, PhraseRow>} */
  byPhrase = new Map();
  list = find("phrases");
  /** Labels of all speakers that were heard. */
  labels = new Set();
  /** @type {(label: string | null) => string | null} Returns the name of a speaker, null for none. */
  nameOf = (label) => label;

  get size() {
    return this.byPhrase.size;
  }

  get all() {
    return [...this.byPhrase.values()];
  }

  /** All rows, the newest first. */
  get newestFirst() {
    return [...this.list.children].reverse().flatMap((node) => this.rowOf(node) ?? []);
  }

  get last() {
    return this.rowOf(this.list.lastElementChild);
  }

  /** Whether an editor is open. */
  get isEditing() {
    return this.all.some((row) => row.isEditing);
  }

  /**
   * Return the row that an element is, or null.
   * @param {Element | null | undefined} node
   */
  rowOf(node) {
    return (node instanceof HTMLElement && this.byPhrase.get(node.dataset.phrase ?? "")) || null;
  }

  /**
   * Return the row before or after another one, or null.
   * @param {PhraseRow} row
   * @param {number} step
   */
  beside({ node }, step) {
    return this.rowOf(step < 0 ? node.previousElementSibling : node.nextElementSibling);
  }

  /**
   * Show the name before a row, and before the one after it, where the speaker changes.
   * @param {PhraseRow} row
   */
  showNames(row) {
    if (row.speaker) this.labels.add(row.speaker);
    const after = this.beside(row, 1);
    for (const one of after ? [row, after] : [row]) {
      const [name, before] = [this.nameOf(one.speaker), this.nameOf(this.beside(one, -1)?.speaker ?? null)];
      // while a phrase is open, its speaker may still get a name
      const isOpen = [...one.texts.values()].some((text) => text.isOpen);
      one.showName(name === before ? "" : (name ?? (isOpen ? "" : "Somebody")));
    }
  }

  /**
   * Add the row of a phrase in its place in time; the row of a phrase that is only corrected may come late.
   * @param {Caption} caption
   * @param {RowActions} actions
   */
  add(caption, actions) {
    const row = new PhraseRow(caption, actions);
    this.byPhrase.set(row.phrase, row);
    let before = this.list.lastElementChild;
    while (before && (this.rowOf(before)?.startS ?? 0) > row.startS) before = before.previousElementSibling;
    if (before) before.after(row.node);
    else this.list.prepend(row.node);
    this.showCount();
    return row;
  }

  /** @param {PhraseRow} row */
  remove(row) {
    row.node.remove();
    this.byPhrase.delete(row.phrase);
    this.showCount();
  }

  /**
   * Remove the oldest rows beyond a number, except those in which the operator works.
   * @param {number} most
   */
  trim(most) {
    for (const node of [...this.list.children]) {
      if (this.size <= most) break;
      const row = this.rowOf(node);
      if (row && !row.isBusy) this.remove(row);
    }
  }

  showCount() {
    find("phrases-none").hidden = this.size > 0;
    find("scroll").classList.toggle("empty", !this.size);
  }
}
