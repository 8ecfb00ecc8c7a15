// Later words on what was said: corrections and withdrawals as they are sent, and how they are undone.

import { merged } from "./correction_editor.js";

const UNDOS_MAX = 50;

export class Corrections {
  constructor(rest) {
    Object.assign(this, { rest, undos: [] });
  }

  /** Correct a final text, or keep the correction until it is final; an empty one takes it back. Returns a sentence, or throws one. */
  async correct(text, base, typed) {
    if (text.isOpen) {
      text.wait(base, typed);
      return "Your correction is sent when the phrase ends.";
    }
    const { caption } = text;
    const now = caption.state === "withdrawn" ? "" : caption.committed;
    const whole = merged(base, typed, now) ?? typed.trim();
    await this.send(caption.phrase, text.track, whole || null);
    this.remember(caption.phrase, [[text.track, now || text.before]]);
    return whole ? "Corrected on every page." : "Taken back on every page. Z undoes it.";
  }

  /** Take back a final text; where it is the original, every translation goes with it. */
  async takeBack(text) {
    const { phrase } = text.caption;
    const texts = text.track === "original" ? [...text.row.texts.values()] : [text];
    const held = texts
      .filter(({ caption }) => caption.committed && caption.state !== "withdrawn")
      .map(({ track, caption }) => [track, caption.committed]);
    await this.send(phrase, text.track, null);
    this.remember(phrase, held);
  }

  /** Bring back a text that was taken back, on every track that went with it. */
  restore(text) {
    const texts = text.track === "original" ? [...text.row.texts.values()] : [text];
    const lost = texts
      .filter(({ caption, before }) => caption.state === "withdrawn" && before)
      .map(({ track, before }) => [track, before]);
    return this.bringBack(text.caption.phrase, lost);
  }

  /** Undo the last of these that is not undone yet. */
  async undo() {
    const last = this.undos.at(-1);
    if (!last) return "There is nothing to undo.";
    const said = await this.bringBack(last.phrase, last.texts);
    this.undos.pop();
    return said;
  }

  async bringBack(phrase, texts) {
    for (const [track, text] of texts) await this.send(phrase, track, text);
    return "The text stands as it was before.";
  }

  remember(phrase, texts) {
    this.undos.push({ phrase, texts });
    if (this.undos.length > UNDOS_MAX) this.undos.shift();
  }

  send(phrase, track, text) {
    return this.rest.act("PATCH", `/phrases/${encodeURIComponent(phrase)}`, { track, text });
  }
}
