// @ts-check
// One line that says what an action has done, or why it failed.

import { messageOf } from "../room/rest.js";
import { setSentence } from "../room/page.js";

export class Report {
  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
  }

  /**
   * @param {string} sentence
   * @param {boolean} [isWrong]
   */
  say(sentence, isWrong = false) {
    this.node.classList.toggle("warning", isWrong);
    setSentence(this.node, sentence);
  }

  /**
   * Run an action and say the sentence that it returns, or the message of its error; return whether it worked.
   * @param {() => Promise<string>} act
   */
  async run(act) {
    try {
      this.say(await act());
      return true;
    } catch (error) {
      this.say(messageOf(error), true);
      return false;
    }
  }

  /**
   * Copy a text that is made first; where the browser forbids copying, show it.
   * @param {() => Promise<string>} make
   * @param {string} done
   */
  async copy(make, done) {
    await this.run(async () => {
      const text = await make();
      try {
        await navigator.clipboard.writeText(text);
        return done;
      } catch {
        return `Copying was blocked. Copy this yourself: ${text}`;
      }
    });
  }
}
