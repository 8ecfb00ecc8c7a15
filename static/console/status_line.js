// @ts-check
// The line of a panel that shows the result of an action: what was done, or why it failed.

import { setText } from "../room/page.js";
import { messageOf } from "../room/rest.js";

const DONE_MS = 8000;

export class StatusLine {
  isBusy = false;
  /** @type {number | undefined} */
  timer;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
  }

  /** @param {string} text */
  done(text) {
    this.show(text, "good");
    this.timer = setTimeout(() => this.show("", ""), DONE_MS);
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
    setText(this.node, text);
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
      return true;
    } catch (error) {
      this.refused(messageOf(error));
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
