// @ts-check
// Keys and clicks in the console's list of phrases.

import { find } from "../room/page.js";

/** @import { PhraseList } from "./phrase_list.js" */
/** @import { PhraseRow } from "./phrase_row.js" */

/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

export class PhraseKeys {
  /** Whether the focus is on a row, so that the list does not scroll away. */
  isWalking = false;

  /** @param {PhraseList} phrases */
  constructor(phrases) {
    this.phrases = phrases;
    this.rows = phrases.rows;
    this.columns = phrases.columns;
    const { list } = this.rows;
    this.scroller = find("scroll");
    this.scroller.addEventListener("keydown", (event) => this.press(event));
    list.addEventListener("click", (event) => this.click(event));
    list.addEventListener("focusin", ({ target }) => this.markChosen(this.rowWith(target)));
    list.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && list.contains(relatedTarget)) return;
      this.isWalking = false;
      this.markChosen(null);
    });
  }

  /**
   * Return the row that an event's target is in, or null.
   * @param {EventTarget | null} target
   */
  rowWith(target) {
    return target instanceof Element ? this.rows.rowOf(target.closest(".phrase")) : null;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const row = this.rowWith(event.target);
    const texts = row ? [...row.texts.values()] : [];
    const editor = texts.find((text) => text.editor?.input === event.target)?.editor;
    const step = STEPS[event.key];
    if (row && editor && !editor.isChanged && step && !event.shiftKey) {
      event.preventDefault();
      const next = this.rows.beside(row, step);
      if (!next) return;
      editor.close();
      this.phrases.edit(next);
    } else if (event.target === this.scroller || event.target === row?.node) {
      const act = this.actionFor(event.key, row);
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    }
  }

  /**
   * @param {string} key
   * @param {PhraseRow | null} row
   * @returns {(() => unknown) | undefined}
   */
  actionFor(key, row) {
    const step = STEPS[key];
    if (step) return () => this.step(row, step);
    if (!row) return undefined;
    /** @type {Record<string, () => unknown>} */
    const actions = {
      Enter: () => this.phrases.edit(row),
      Delete: () => this.phrases.withdraw(row),
      ArrowLeft: () => this.turn(row, -1),
      ArrowRight: () => this.turn(row, 1),
    };
    return actions[key];
  }

  /** @param {MouseEvent} event */
  click({ target }) {
    const node = target instanceof Element && !target.closest("button, form") && target.closest(".text");
    if (!(node instanceof HTMLElement) || !getSelection()?.isCollapsed) return;
    const track = node.dataset.track ?? "";
    this.columns.chosen = track;
    this.rowWith(node)?.texts.get(track)?.edit();
  }

  /**
   * Go to the row before or after another one, or to the last.
   * @param {PhraseRow | null} row
   * @param {number} step
   */
  step(row, step) {
    const next = row ? this.rows.beside(row, step) : this.rows.last;
    this.isWalking = true;
    next?.focus();
  }

  /**
   * Choose another column.
   * @param {PhraseRow} row
   * @param {number} step
   */
  turn(row, step) {
    this.columns.step(row.texts, step);
    this.markChosen(row);
  }

  /**
   * Mark the text that the keys act on.
   * @param {PhraseRow | null} row
   */
  markChosen(row) {
    const { list } = this.rows;
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    list.querySelector(".chosen")?.classList.remove("chosen");
    if (!row) return;
    row.node.setAttribute("aria-current", "true");
    this.phrases.textOf(row)?.node.classList.add("chosen");
  }
}
