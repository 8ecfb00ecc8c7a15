// @ts-check
// Puts the words of phrases on the lines of a box, with a mark where the speaker changes.

import { characters, direction, spaced } from "./line_breaks.js";
import { lineWith, overflows, wordsOn } from "./line_box.js";

/** @import { DisplayedCaption } from "./messages" */
/** @import { LineBox } from "./line_box.js" */

/**
 * @typedef {object} PhraseWords One phrase, and its words on the lines.
 * @property {DisplayedCaption} caption Its newest state.
 * @property {string} text The committed text that is laid out.
 * @property {string} piece The last piece of it.
 * @property {HTMLElement[]} spans Its committed words.
 * @property {HTMLElement[]} tail Its tentative words.
 */

/**
 * @typedef {object} LineOptions
 * @property {number} count How many lines are visible.
 * @property {string} [mode] "block" begins each phrase on a new line and lets it leave as a whole.
 * @property {string} [pending] "off" shows no tentative words.
 * @property {string} [speakers] "off", "label" or "color".
 * @property {string} [dir] "auto", "ltr" or "rtl".
 * @property {boolean} [hasMotion] Whether lines glide up.
 */

const COLORS = 4;
const VOICES_MAX = 400;

export class WordLayout {
  /** @type {Map<string, number>} The colour of each speaker. */
  voices = new Map();
  /** @type {string | undefined} Who spoke the last committed words. */
  lastSpeaker = undefined;
  /** @type {WeakMap<Element, { phrase: PhraseWords, piece: string }>} Whose word a span is, and its text. */
  owners = new WeakMap();

  /**
   * @param {LineBox} rows
   * @param {Map<string, PhraseWords>} phrases All phrases that have words on the lines.
   * @param {LineOptions} options
   */
  constructor(rows, phrases, { mode = "rollup", speakers = "off", dir = "auto" }) {
    this.rows = rows;
    this.phrases = phrases;
    this.isBlock = mode === "block";
    this.speakers = speakers;
    this.dir = dir;
  }

  forgetSpeakers() {
    this.voices.clear();
    this.lastSpeaker = undefined;
  }

  /**
   * Put pieces of a phrase after its words in `spans`.
   * @param {PhraseWords} phrase
   * @param {string[]} pieces
   * @param {HTMLElement[]} spans
   */
  append(phrase, pieces, spans) {
    for (const piece of pieces) this.put(phrase, piece, spans);
    const end = spans[spans.length - 1];
    if (end) end.textContent = spaced(end.textContent ?? "");
  }

  /**
   * Put one piece after the words in `spans`, on a new line if it has no room.
   * @param {PhraseWords} phrase
   * @param {string} piece
   * @param {HTMLElement[]} spans
   */
  put(phrase, piece, spans) {
    const line = this.lineFor(phrase, spans);
    const span = this.makeSpan(phrase, piece, spans === phrase.tail ? "caption-pending" : "caption-final");
    const text = span.textContent;
    span.textContent = text.trimEnd(); // the space at the end may overflow
    line.append(span);
    if (overflows(line) && wordsOn(line) > 1) this.openLine(phrase, spans).append(span);
    this.owners.set(span, { phrase, piece });
    spans.push(span);
    if (spans === phrase.spans) phrase.piece = piece;
    if (overflows(lineWith(span))) this.split(phrase, piece, spans);
    else span.textContent = text;
  }

  /**
   * Cut a piece that is longer than a whole line.
   * @param {PhraseWords} phrase
   * @param {string} piece
   * @param {HTMLElement[]} spans
   */
  split(phrase, piece, spans) {
    const span = spans[spans.length - 1];
    const all = characters(piece);
    let [fits, not] = [1, all.length];
    while (not - fits > 1) {
      const middle = (fits + not) >> 1;
      span.textContent = all.slice(0, middle).join("");
      [fits, not] = overflows(lineWith(span)) ? [fits, middle] : [middle, not];
    }
    span.textContent = all.slice(0, fits).join("");
    this.owners.set(span, { phrase, piece: span.textContent });
    if (all.length > fits) this.put(phrase, all.slice(fits).join(""), spans);
  }

  /**
   * @param {PhraseWords} phrase
   * @param {string} piece
   * @param {string} style
   */
  makeSpan(phrase, piece, style) {
    const { language, speaker } = phrase.caption;
    const span = document.createElement("span");
    span.className = style;
    span.lang = language;
    span.textContent = style === "caption-pending" ? spaced(piece) : piece;
    if (this.speakers === "color" && speaker) span.classList.add(`speaker-${this.voiceOf(speaker)}`);
    return span;
  }

  /** @param {string} speaker */
  voiceOf(speaker) {
    const voice = this.voices.get(speaker) ?? (this.voices.size % COLORS) + 1;
    this.voices.set(speaker, voice);
    return voice;
  }

  /**
   * Return the line for the next word of a phrase.
   * @param {PhraseWords} phrase
   * @param {HTMLElement[]} spans
   */
  lineFor(phrase, spans) {
    const [end] = spans.length ? spans.slice(-1) : phrase.spans.slice(-1);
    if (end) {
      const line = lineWith(end);
      return line.lastElementChild === end && !line.hidden ? line : this.openLine(phrase, spans);
    }
    const line = this.rows.lastUsed;
    const isFree =
      line && !line.hidden && !this.isBlock && !this.isOfAnother(line, phrase) && !this.isTaken(line, phrase);
    return isFree ? line : this.openLine(phrase, spans);
  }

  /**
   * Whether the words on a line belong to another speaker.
   * @param {HTMLElement} line
   * @param {PhraseWords} phrase
   */
  isOfAnother(line, phrase) {
    return this.speakers !== "off" && line.dataset.speaker !== (phrase.caption.speaker ?? "");
  }

  /**
   * Whether another open phrase continues on a line; two people who speak at once have separate lines.
   * @param {HTMLElement} line
   * @param {PhraseWords} phrase
   */
  isTaken(line, phrase) {
    for (const other of this.phrases.values()) {
      const [end] = other.tail.length ? other.tail.slice(-1) : other.spans.slice(-1);
      if (other !== phrase && other.caption.state === "open" && end?.parentElement === line) return true;
    }
    return false;
  }

  /**
   * Begin the next free line, with a mark where the speaker changes.
   * @param {PhraseWords} phrase
   * @param {HTMLElement[]} spans
   */
  openLine(phrase, spans) {
    const used = this.rows.lastUsed;
    const line = this.rows.nextFree();
    line.dir = this.dir === "auto" ? direction(phrase.caption.language) : this.dir;
    line.dataset.phrase = phrase.caption.phrase;
    if (this.speakers === "off") return line;
    const speaker = phrase.caption.speaker ?? "";
    const before = used ? used.dataset.speaker : this.speakers === "color" ? this.lastSpeaker : undefined;
    line.dataset.speaker = speaker;
    if (spans === phrase.spans) this.lastSpeaker = speaker;
    if (before === undefined ? speaker : speaker !== before) {
      const mark = this.speakers === "label" && speaker ? `${speaker}: ` : ">> ";
      line.append(this.makeSpan(phrase, mark, "caption-speaker"));
    }
    return line;
  }

  /** Forget speakers who have not spoken for a long time. */
  trim() {
    if (this.voices.size > VOICES_MAX) this.voices.clear();
  }
}
