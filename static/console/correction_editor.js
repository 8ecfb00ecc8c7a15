// The editor of one text. The phrase may go on while it is open: what is spoken after the words it began with is kept.

import { put } from "./status_line.js";

/** Return the corrected whole: what was typed in place of `base`, and what came behind it since; null if it no longer fits. */
export function merged(base, typed, now) {
  return now.startsWith(base) ? `${typed.trim()}${now.slice(base.length)}`.trim() : null;
}

export class Correction {
  /** `save(whole)` sends it and throws a sentence; `leave()` hears that the editor has closed. */
  constructor(text, { base, typed = base, save, leave, report }) {
    Object.assign(this, { text, base, save, leave });
    this.node = document.getElementById("correction").content.firstElementChild.cloneNode(true);
    this.input = this.node.querySelector("textarea");
    this.input.value = typed;
    this.input.lang = text.caption.language;
    this.report = report(this.node.querySelector(".report"));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.commit();
    });
    this.node.querySelector(".cancel").addEventListener("click", () => this.close());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.show(text.caption);
  }

  get isChanged() {
    return this.input.value !== this.base;
  }

  /** The phrase has become something else meanwhile. */
  show(caption) {
    const now = caption.state === "withdrawn" ? "" : caption.committed;
    const rest = now.startsWith(this.base) ? now.slice(this.base.length) : "";
    const grows = caption.state === "open";
    const after = `${rest}${grows && caption.tentative ? ` ${caption.tentative}` : ""}`.trim();
    put(this.node.querySelector(".after"), grows || after ? `Kept behind it: ${after}${grows ? " …" : ""}` : "");
  }

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
    const { caption } = this.text;
    const now = caption.state === "withdrawn" ? "" : caption.committed;
    if (!now.startsWith(this.base) && this.seen !== now) {
      this.seen = now;
      this.report.refused(
        now
          ? `Not saved yet: it was changed elsewhere to “${now}”. Save again to put yours in its place.`
          : "Not saved yet: it was taken back elsewhere. Save again to show yours.",
      );
      return;
    }
    if (!this.isChanged && caption.state !== "withdrawn") {
      this.close();
      return;
    }
    if (await this.report.of(() => this.save(this.base, this.input.value))) this.close();
  }

  close() {
    this.node.remove();
    this.leave();
  }
}
