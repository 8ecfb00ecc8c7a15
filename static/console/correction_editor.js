// @ts-check
// The editor of one text. The phrase may continue while it is open: words added after the ones being corrected stay.

import { clone, query, setText } from "../room/page.js";
import { gap } from "../room/languages.js";
import { committedOf, merge } from "./correction_history.js";
import { StatusLine } from "./status_line.js";

/** @import { Caption } from "../room/messages" */

const SETTLED_MS = 300; // saving waits so long after the last change: keys pressed at random go on, and cancel it

export class CorrectionEditor {
  /** When the text was changed last. */
  changedAt = 0;
  /** @type {number | undefined} The save that waits. */
  timer;
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
      this.commitSoon();
    });
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.changedAt = performance.now();
      this.preview();
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
    this.preview();
  }

  /** Show a changed text as every page will show it. */
  preview() {
    const will = query(this.node, ".will");
    will.hidden = !this.isChanged;
    const text = merge(this.base, this.input.value, committedOf(this.caption)) ?? this.input.value.trim();
    const { head, changed, tail } = splitChange(this.base, text);
    const mark = Object.assign(document.createElement("ins"), { textContent: changed });
    will.replaceChildren(text ? "Will be shown as: " : "Will be withdrawn on every page.", head, mark, tail);
    will.dataset.preview = text;
  }

  /** Save once the text has stood for a moment. */
  commitSoon() {
    clearTimeout(this.timer);
    const waited = performance.now() - this.changedAt;
    if (waited >= SETTLED_MS) this.commit();
    else this.timer = setTimeout(() => this.commit(), SETTLED_MS - waited);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (!event.repeat) this.commitSoon();
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
    clearTimeout(this.timer);
    this.node.remove();
    this.onClose();
  }
}

/**
 * Split a corrected text into the words that changed, from the first to the last, and what is before and after them.
 * @param {string} before The text that is corrected.
 * @param {string} now
 */
export function splitChange(before, now) {
  const [old, words] = [before.split(/(\s+)/), now.split(/(\s+)/)];
  let start = 0;
  while (start < words.length && words[start] === old[start]) start += 1;
  let end = words.length;
  for (let was = old.length; end > start && was > start && words[end - 1] === old[was - 1]; was -= 1) end -= 1;
  const join = (/** @type {string[]} */ some) => some.join("");
  return {
    head: join(words.slice(0, start)),
    changed: join(words.slice(start, end)),
    tail: join(words.slice(end)),
  };
}
