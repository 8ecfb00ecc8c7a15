// @ts-check
// Goes from one doubtful passage of the live text to the next, and selects it in the editor.

/** @import { PhraseList } from "./phrase_list.js" */
/** @import { PhraseText } from "./phrase_text.js" */

export class DoubtWalk {
  /** @type {HTMLElement | null} The passage that was reached last. */
  reached = null;

  /** @param {PhraseList} phrases */
  constructor(phrases) {
    this.phrases = phrases;
  }

  /** The doubtful passages on the tracks that are shown, in the order of the list. */
  get marks() {
    return [...this.phrases.rows.list.querySelectorAll(".text:not([hidden], .editing, .same) mark")];
  }

  /**
   * Go to the passage before the one that was reached, or before the chosen phrase, at first to the newest; after the
   * oldest comes the newest.
   * @param {number} step -1 for the one before, 1 for the one after.
   */
  go(step) {
    const { marks } = this;
    const mark = marks.at(this.nextIndex(marks, step));
    this.reached?.classList.remove("reached");
    this.reached = null;
    const row = this.phrases.rows.rowOf(mark?.closest(".phrase"));
    const text = mark?.closest(".text");
    if (!(mark instanceof HTMLElement) || !(text instanceof HTMLElement) || !row) {
      this.phrases.status.done("No doubtful word is shown.");
      return;
    }
    this.phrases.columns.chosen = text.dataset.track ?? "";
    this.phrases.keys.isWalking = true;
    row.focus();
    this.phrases.keys.markChosen(row);
    this.reached = mark;
    mark.classList.add("reached");
    mark.scrollIntoView({ block: "nearest" });
    const rank = marks.indexOf(mark);
    this.phrases.status.done(
      `Doubtful: “${mark.textContent}”, ${marks.length - rank} of ${marks.length} from the newest.`,
    );
  }

  /**
   * @param {Element[]} marks
   * @param {number} step
   */
  nextIndex(marks, step) {
    const at = this.reached ? marks.indexOf(this.reached) : -1;
    if (at >= 0 && marks[at].closest(".phrase")?.contains(document.activeElement)) return (at + step) % marks.length;
    const row = document.activeElement?.closest(".phrase");
    if (!row) return -1;
    const before = marks.filter((mark) => row.compareDocumentPosition(mark) & Node.DOCUMENT_POSITION_PRECEDING).length;
    const within = marks.filter((mark) => row.contains(mark)).length;
    if (step < 0) return within ? before + within - 1 : before - 1;
    return (within ? before : before + within) % Math.max(1, marks.length);
  }

  /**
   * Select the passage that was reached in the editor of its text.
   * @param {PhraseText | undefined} text
   */
  select(text) {
    const mark = this.reached;
    const input = text?.editor?.input;
    if (!mark || !input || !text.solid.contains(mark) || input.value !== text.solid.textContent) return;
    let start = 0;
    for (let node = mark.previousSibling; node; node = node.previousSibling) start += node.textContent?.length ?? 0;
    input.setSelectionRange(start, start + (mark.textContent?.length ?? 0));
  }
}
