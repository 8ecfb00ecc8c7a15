// @ts-check
// The editor of one text. The phrase may continue while it is open: words added after the ones being corrected stay.

import { clone, query, setText } from "../room/page.js";
import { gap } from "../room/languages.js";
import { StatusLine } from "./status_line.js";

/** @import { Caption } from "../room/messages" */

/**
 * Return the committed text of a caption, "" if it is withdrawn.
 * @param {Caption} caption
 */
export const committedOf = (caption) => (caption.state === "withdrawn" ? "" : caption.committed);

export class CorrectionEditor {
  /** @type {string | null} What the text was when the operator was warned of a change elsewhere. */
  warnedOf = null;

  /**
   * @param {Caption} caption
   * @param {object} options
   * @param {string} options.base The text that the correction replaces.
   * @param {string} options.typed What is in the editor at first.
   * @param {(base: string, typed: string) => Promise<string>} options.save Sends the correction; throws a sentence.
   * @param {() => void} options.onClose
   */
  constructor(caption, { base, typed, save, onClose }) {
    this.caption = caption;
    this.base = base;
    this.save = save;
    this.onClose = onClose;
    this.node = clone("correction");
    this.input = query(this.node, "textarea", HTMLTextAreaElement);
    this.input.value = typed;
    this.input.lang = caption.language;
    this.status = new StatusLine(query(this.node, ".report"));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.commit();
    });
    query(this.node, ".cancel").addEventListener("click", () => this.close());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.show(caption);
  }

  get isChanged() {
    return this.input.value !== this.base;
  }

  /**
   * Show the words that follow the correction in the phrase as it is now.
   * @param {Caption} caption
   */
  show(caption) {
    this.caption = caption;
    const now = committedOf(caption);
    const rest = now.startsWith(this.base) ? now.slice(this.base.length) : "";
    const isOpen = caption.state === "open";
    const more = isOpen ? gap(now, caption.tentative) + caption.tentative : "";
    const after = `${rest}${more}`.trim();
    setText(this.node.querySelector(".after"), isOpen || after ? `Followed by: ${after}${isOpen ? " …" : ""}` : "");
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.commit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }

  async commit() {
    const now = committedOf(this.caption);
    if (!now.startsWith(this.base) && this.warnedOf !== now) {
      this.warnedOf = now;
      this.status.refused(
        now
          ? `Not saved yet: the text was changed elsewhere to “${now}”. Save again to replace it.`
          : "Not saved yet: the text was withdrawn elsewhere. Save again to show yours.",
      );
      return;
    }
    const { state, doubtful } = this.caption;
    const confirms = state === "final" && doubtful.length; // saving doubtful words as they are removes the doubt
    if (!this.isChanged && state !== "withdrawn" && !confirms) {
      this.close();
      return;
    }
    if (await this.status.run(() => this.save(this.base, this.input.value))) this.close();
  }

  close() {
    this.node.remove();
    this.onClose();
  }
}
