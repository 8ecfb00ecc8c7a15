// @ts-check
// Shows the phrases of one track in lines. A committed word keeps its place on its line; only whole lines roll up.

import { LineBox, lineWith, overflows, wordsOn } from "./line_box.js";
import { breakable, spaced, sticks } from "./line_breaks.js";
import { TentativeWords } from "./tentative_words.js";
import { WordLayout } from "./word_layout.js";

/** @import { DisplayedCaption } from "./messages" */
/** @import { LineOptions, PhraseWords } from "./word_layout.js" */

const KEPT_LINES = 20;
const KEPT_PHRASES = 60;

export class Lines {
  /** @type {Map<string, PhraseWords>} */
  phrases = new Map();

  /**
   * @param {HTMLElement} box
   * @param {LineOptions} options
   */
  constructor(box, options) {
    this.rows = new LineBox(box, options.count);
    this.layout = new WordLayout(this.rows, this.phrases, options);
    this.tentative = new TentativeWords(this.rows, this.layout, this.phrases);
    this.isBlock = options.mode === "block";
    this.hasTentative = options.pending !== "off";
    this.hasSpeakers = (options.speakers ?? "off") !== "off";
    this.hasMotion = options.hasMotion ?? false;
  }

  /** Forget everything that was said. */
  forget() {
    this.phrases.clear();
    this.layout.forgetSpeakers();
    this.rows.clear();
  }

  /** Empty the box, but remember what was shown, so that it is not shown again when its phrase continues. */
  clear() {
    this.rows.clear();
    for (const phrase of this.phrases.values()) Object.assign(phrase, { spans: [], tail: [] });
  }

  /**
   * Remember a caption as if it had been shown and had left the box.
   * @param {DisplayedCaption} caption
   */
  skip(caption) {
    const phrase = this.phraseOf(caption);
    Object.assign(phrase, { caption, text: committedText(caption), piece: "" });
    this.phrases.set(caption.phrase, phrase);
    this.trim();
  }

  /**
   * Show a caption of this track. One that is not news only changes words that are still in the box.
   * @param {DisplayedCaption} caption
   * @param {boolean} [isNews]
   */
  show(caption, isNews = true) {
    if (!isNews && !this.phrases.has(caption.phrase)) return;
    const phrase = this.phraseOf(caption);
    this.phrases.set(caption.phrase, phrase);
    const isRenamed = this.hasSpeakers && phrase.spans.length > 0 && phrase.caption.speaker !== caption.speaker;
    const [before, text] = [phrase.text, committedText(caption)];
    Object.assign(phrase, { caption, text });
    const { top } = this.rows;
    this.tentative.removeAll();
    if (!text.startsWith(before) || isRenamed) this.replace(phrase);
    else this.grow(phrase, text.slice(before.length));
    this.finish();
    if (this.hasMotion && this.rows.top > top) this.rows.glide(this.rows.top - top);
    this.trim();
  }

  /**
   * Return the phrase of a caption, a new one if it is not known.
   * @param {DisplayedCaption} caption
   * @returns {PhraseWords}
   */
  phraseOf(caption) {
    return this.phrases.get(caption.phrase) ?? { caption, text: "", piece: "", spans: [], tail: [] };
  }

  get isEmpty() {
    return !this.rows.lastUsed;
  }

  /** Lay out again what is visible, for example after a change of size. */
  relayout() {
    this.tentative.removeAll();
    this.reflow(this.rows.top);
    this.finish();
  }

  /** Take the lines out of the box and forget their phrases, but not their speakers. */
  takeLines() {
    const lines = [...this.rows.lines];
    this.phrases.clear();
    this.rows.clear();
    return lines;
  }

  finish() {
    this.rows.roll(this.isBlock);
    if (this.hasTentative) this.tentative.placeAll();
    this.rows.roll(this.isBlock);
  }

  /**
   * Add newly committed text of a phrase.
   * @param {PhraseWords} phrase
   * @param {string} more
   */
  grow(phrase, more) {
    const pieces = breakable(more);
    if (!pieces.length) return;
    const last = phrase.spans[phrase.spans.length - 1];
    if (last) {
      const isWhole = /^\s/.test(more) || !sticks(phrase.piece, pieces[0]);
      const piece = isWhole ? phrase.piece + (/^\s/.test(more) ? " " : "") : phrase.piece + pieces.shift();
      phrase.piece = piece;
      this.layout.owners.set(last, { phrase, piece });
      last.textContent = piece.trimEnd();
      const line = lineWith(last);
      if (overflows(line) && line.lastElementChild === last && wordsOn(line) > 1) {
        this.layout.openLine(phrase, phrase.spans).append(last);
      }
      last.textContent = pieces.length ? piece : spaced(piece);
    }
    this.layout.append(phrase, pieces, phrase.spans);
  }

  /**
   * Put the words of a phrase that has changed in the place of its old ones; what comes after it follows.
   * @param {PhraseWords} phrase
   */
  replace(phrase) {
    const first = phrase.spans.length ? this.rows.lines.indexOf(lineWith(phrase.spans[0])) : -1;
    if (first >= 0) this.reflow(first, phrase);
  }

  /**
   * Lay out again all lines from an index on.
   * @param {number} first
   * @param {PhraseWords | null} [changed] A phrase whose text has changed.
   */
  reflow(first, changed = null) {
    const runs = this.runsFrom(first);
    const at = runs.findIndex((run) => run.phrase === changed);
    if (changed && at >= 0) runs[at].pieces = breakable(changed.text);
    this.rows.emptyFrom(first);
    this.rows.first = first;
    for (const { phrase } of runs) phrase.spans = phrase.spans.filter((span) => span.isConnected);
    runs
      .filter((run, i) => run.phrase !== changed || i === at)
      .forEach(({ phrase, pieces }) => this.layout.append(phrase, pieces, phrase.spans));
    this.rows.first = null;
    this.rows.hideAboveTop();
  }

  /**
   * Return the words on the lines from an index on, in runs of one phrase.
   * @param {number} first
   */
  runsFrom(first) {
    /** @type {{ phrase: PhraseWords, pieces: string[] }[]} */
    const runs = [];
    for (const span of this.rows.lines.slice(first).flatMap((line) => [...line.children])) {
      const owner = this.layout.owners.get(span);
      if (!owner) continue;
      const run = runs[runs.length - 1];
      if (run && run.phrase === owner.phrase) run.pieces.push(owner.piece);
      else runs.push({ phrase: owner.phrase, pieces: [owner.piece] });
    }
    return runs;
  }

  /** Forget what has rolled out of sight, so that memory does not grow with the meeting. */
  trim() {
    if (this.rows.trim(KEPT_LINES)) {
      for (const phrase of this.phrases.values()) phrase.spans = phrase.spans.filter((span) => span.isConnected);
    }
    for (const [id, phrase] of this.phrases) {
      if (this.phrases.size <= KEPT_PHRASES) break;
      // an open phrase may continue, but one that never ended must go in the end
      if (phrase.caption.state !== "open" || this.phrases.size > 2 * KEPT_PHRASES) this.phrases.delete(id);
    }
    this.layout.trim();
  }
}

/** @param {DisplayedCaption} caption */
const committedText = ({ state, committed }) => (state === "withdrawn" ? "" : committed.trimEnd());
