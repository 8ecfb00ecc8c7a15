// @ts-check
// The line of a panel that shows the result of an action: what was done, or why it failed.

import { find, setSentence } from "../room/page.js";
import { messageOf } from "../room/rest.js";

const DONE_MS = 8000;
const FIELDS = "textarea, select, input:not([type=checkbox])";

/** Leave the field that has the focus, so that the next keys are shortcuts and not text: go to the live text. */
export const leaveField = () => find("scroll").focus({ preventScroll: true });

export class StatusLine {
  isBusy = false;
  /** @type {number | undefined} */
  timer;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
    // what was refused is said until the operator does something about it
    const panel = node.closest(".panel, .correction, form") ?? node;
    for (const kind of ["input", "change", "submit"]) panel.addEventListener(kind, () => this.clearRefused(), true);
  }

  clearRefused() {
    if (!this.isBusy && this.node.classList.contains("warning")) this.show("", "");
  }

  /** @param {string} text */
  done(text) {
    this.show(text, "good");
    if (text) this.timer = setTimeout(() => this.show("", ""), DONE_MS);
  }

  /** @param {string} text */
  refused(text) {
    this.show(text, "warning");
  }

  /**
   * @param {string} text
   * @param {string} look
   */
  show(text, look) {
    clearTimeout(this.timer);
    this.node.className = `report ${look}`;
    setSentence(this.node, text);
  }

  /**
   * Run an action that returns a sentence, and return whether it succeeded. A second action that starts meanwhile is ignored.
   * @param {() => Promise<string>} act
   */
  async run(act) {
    if (this.isBusy) return false;
    this.isBusy = true;
    try {
      this.done(await act());
      this.leave();
      return true;
    } catch (error) {
      this.refused(messageOf(error));
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** Leave the field of this panel that has the focus; an editor of a phrase gives the focus back by itself. */
  leave() {
    const { activeElement } = document;
    const panel = this.node.closest(".correction") ? null : this.node.closest(".panel");
    if (activeElement?.matches(FIELDS) && panel?.contains(activeElement)) leaveField();
  }
}
