// @ts-check
// Corrections and withdrawals of this page: how they are sent, and how they are undone.

/** @import { Caption } from "../room/messages" */
/** @import { RoomRest } from "../room/rest.js" */
/** @import { PhraseText } from "./phrase_text.js" */

const UNDOS_MAX = 50;

/** @typedef {{ track: string, text: string }} OldText A text as it was before. */

/**
 * Return the committed text of a caption, "" if it is withdrawn.
 * @param {Caption} caption
 */
export const committedOf = (caption) => (caption.state === "withdrawn" ? "" : caption.committed);

/**
 * Return a corrected text: what was typed instead of `base`, and what was said after it; null if `base` has changed.
 * @param {string} base
 * @param {string} typed
 * @param {string} now
 */
export const merge = (base, typed, now) =>
  now.startsWith(base) ? `${typed.trim()}${now.slice(base.length)}`.trim() : null;

export class CorrectionHistory {
  /** @type {({ phrase: string, texts: OldText[] } | { replacement: string })[]} */
  undos = [];

  /** @param {Pick<RoomRest, "send">} rest */
  constructor(rest) {
    this.rest = rest;
  }

  /**
   * Correct a final text, or keep the correction until it is final; an empty one withdraws it. Returns a sentence.
   * @param {PhraseText} text
   * @param {string} base
   * @param {string} typed
   */
  async correct(text, base, typed) {
    if (text.isOpen) {
      text.wait(base, typed);
      return "Your correction will be sent when the phrase ends.";
    }
    const { phrase } = text.caption;
    const before = text.committed || text.before;
    const whole = merge(base, typed, text.committed) ?? typed.trim();
    await this.send(phrase, text.track, whole || null);
    this.remember(phrase, [{ track: text.track, text: before }]);
    if (whole === before) return "Confirmed.";
    return whole ? "Corrected on every page." : "Withdrawn on every page. Z undoes it.";
  }

  /**
   * Withdraw a final text; with the original every translation is withdrawn.
   * @param {PhraseText} text
   */
  async withdraw(text) {
    const { phrase } = text.caption;
    const old = affected(text)
      .filter(({ committed }) => committed)
      .map(({ track, committed }) => ({ track, text: committed }));
    await this.send(phrase, text.track, null);
    this.remember(phrase, old);
  }

  /**
   * Restore a withdrawn text, on every track that was withdrawn with it.
   * @param {PhraseText} text
   */
  restore(text) {
    const old = affected(text)
      .filter(({ caption, before }) => caption.state === "withdrawn" && before)
      .map(({ track, before }) => ({ track, text: before }));
    return this.sendAll(text.caption.phrase, old);
  }

  /** Undo the last correction or withdrawal that is not undone yet. */
  async undo() {
    const last = this.undos.at(-1);
    if (!last) return "There is nothing to undo.";
    const isReplacement = "replacement" in last;
    const sentence = await (isReplacement ? this.undoAll(last.replacement) : this.sendAll(last.phrase, last.texts));
    this.undos.pop();
    return sentence;
  }

  /**
   * @param {string} phrase
   * @param {OldText[]} texts
   */
  async sendAll(phrase, texts) {
    for (const { track, text } of texts) await this.send(phrase, track, text);
    return "The previous text is restored.";
  }

  /** @param {string} id */
  async undoAll(id) {
    const { n_restored: n, n_changed_meanwhile: kept } = await this.rest.send("POST", `/replacements/${id}/undo`);
    return `Restored ${n} text${n === 1 ? "" : "s"}.${kept ? ` ${kept} were changed after the replacement and stayed.` : ""}`;
  }

  /**
   * Remember a search and replace, which is undone as a whole.
   * @param {string} replacement Its id.
   */
  rememberReplacement(replacement) {
    this.undos.push({ replacement });
    if (this.undos.length > UNDOS_MAX) this.undos.shift();
  }

  /**
   * @param {string} phrase
   * @param {OldText[]} texts
   */
  remember(phrase, texts) {
    this.undos.push({ phrase, texts });
    if (this.undos.length > UNDOS_MAX) this.undos.shift();
  }

  /**
   * @param {string} phrase
   * @param {string} track
   * @param {string | null} text
   */
  send(phrase, track, text) {
    return this.rest.send("PATCH", `/phrases/${encodeURIComponent(phrase)}`, { track, text });
  }
}

/**
 * Return the texts that a withdrawal of this one affects: with the original, all of its phrase.
 * @param {PhraseText} text
 */
const affected = (text) => (text.track === "original" ? [...text.siblings.values()] : [text]);
