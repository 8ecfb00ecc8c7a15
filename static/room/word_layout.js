// @ts-check
// Puts the words of phrases on the lines of a box, with a mark where the speaker changes.

import { isFunctionWord } from "./function_words.js";
import { freeOn, lineWith, overflows, wordsOn } from "./line_box.js";
import { characters, direction, endsSentence, endsWide } from "./line_breaks.js";
import { SpeakerMarks } from "./speaker_marks.js";

/** @import { LineBox } from "./line_box.js" */
/** @import { PhraseWords, Word } from "./phrase_words.js" */

/**
 * @typedef {object} LineOptions
 * @property {number} count How many lines are visible.
 * @property {string} [mode] "block" begins each phrase on a new line and lets it leave as a whole.
 * @property {string} [pending] "off" shows no tentative words.
 * @property {string} [speakers] "off", "label" or "color".
 * @property {string} [dir] "auto", "ltr" or "rtl".
 * @property {boolean} [hasMotion] Whether lines glide up.
 * @property {() => void} [onRoll] Called when lines roll that had to wait.
 */

const TAIL_FROM = 4; // on a line with this many words, the last word of a sentence takes the word before it to the next line
const CHAIN_MAX = 3; // words that move to the next line together, such as "with all the"

/**
 * Room in em that must follow the last known word of a line: for the word that an article belongs to (eleven letters, but not
 * more than a third of the line), for a closing mark after a Japanese character, and for a full stop.
 */
const ROOM = { bound: 5.5, share: 1 / 3, wide: 1, other: 0.3 };

export class WordLayout {
  /** @type {WeakMap<Element, { phrase: PhraseWords, word: Word }>} Whose word a span is. */
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
    this.marks = new SpeakerMarks(speakers);
    this.dir = dir;
  }

  /**
   * Put words after those that a phrase has.
   * @param {PhraseWords} phrase
   * @param {Word[]} words
   * @param {HTMLElement | null} [anchor] The line on which the phrase began until now, if it has no words any more.
   * @param {number} [nGone] How many of the phrase's words may be out of sight, because such were there before.
   */
  append(phrase, words, anchor = null, nGone = 0) {
    words.forEach((word, i) => {
      const mayBeGone = phrase.words.length < nGone;
      const line = this.lineFor(phrase, anchor, mayBeGone);
      this.put(phrase, word, line, i === words.length - 1, mayBeGone);
    });
  }

  /**
   * Put a word on a line, or on the next one if it has no room.
   * @param {PhraseWords} phrase
   * @param {Word} word
   * @param {HTMLElement} line
   * @param {boolean} isLast Whether the next word is not known yet.
   * @param {boolean} mayBeGone
   */
  put(phrase, word, line, isLast, mayBeGone) {
    const span = this.addSpan(phrase, word, line, word.text.trimEnd()); // the space at the end may overflow
    if (wordsOn(line) > 1 && (overflows(line) || (isLast && freeOn(line) < this.roomAfter(phrase, word, line)))) {
      this.breakBefore(phrase, word, line, mayBeGone);
    }
    phrase.words.push(word);
    if (overflows(lineWith(span))) this.split(phrase, word, mayBeGone);
    else span.textContent = word.text;
  }

  /**
   * Move a word to the next line, together with words before it that belong to it and may move.
   * @param {PhraseWords} phrase
   * @param {Word} word
   * @param {HTMLElement} line
   * @param {boolean} [mayBeGone]
   */
  breakBefore(phrase, word, line, mayBeGone = false) {
    const next = this.openLine(phrase, this.rows.nextAfter(line, mayBeGone));
    /** @type {HTMLElement[]} */
    const bound = [];
    for (let i = phrase.words.indexOf(word); bound.length < CHAIN_MAX;) {
      i = (i < 0 ? phrase.words.length : i) - 1;
      const ahead = phrase.words[i];
      if (!ahead || ahead.isFixed || ahead.spans.length > 1 || ahead.spans[0].parentElement !== line) break;
      if (!this.owners.has(ahead.spans[0].previousElementSibling ?? line)) break;
      const isTail = !bound.length && endsSentence(word.text) && !endsSentence(ahead.text) && wordsOn(line) > TAIL_FROM;
      if (!isTail && !this.isBound(phrase, ahead)) break;
      bound.unshift(ahead.spans[0]);
    }
    next.append(...bound, ...word.spans);
    for (const span of bound) if (overflows(next)) line.append(span);
  }

  /**
   * Whether a line should not end with a word: a function word, or the first word of a sentence.
   * @param {PhraseWords} phrase
   * @param {Word} word
   */
  isBound(phrase, word) {
    const text = word.text.trimEnd();
    const ahead = word.spans[0].previousElementSibling?.textContent ?? "";
    return isFunctionWord(text, phrase.caption.language) || (endsSentence(ahead) && !endsSentence(text));
  }

  /**
   * Return how many pixels must be free after the last known word of a line.
   * @param {PhraseWords} phrase
   * @param {Word} word
   * @param {HTMLElement} line
   */
  roomAfter(phrase, word, line) {
    const em = parseFloat(getComputedStyle(line).fontSize);
    if (this.isBound(phrase, word)) return Math.min(ROOM.bound * em, line.clientWidth * ROOM.share);
    return em * (endsWide(word.text) ? ROOM.wide : ROOM.other);
  }

  /**
   * Cut a word that is longer than a whole line.
   * @param {PhraseWords} phrase
   * @param {Word} word
   * @param {boolean} mayBeGone
   */
  split(phrase, word, mayBeGone) {
    for (let all = characters(word.text); all.length;) {
      const span = word.spans[word.spans.length - 1];
      const line = lineWith(span);
      let [fits, not] = [1, all.length + 1];
      while (not - fits > 1) {
        const middle = (fits + not) >> 1;
        span.textContent = all.slice(0, middle).join("").trimEnd();
        [fits, not] = overflows(line) ? [fits, middle] : [middle, not];
      }
      span.textContent = all.slice(0, fits).join("");
      all = all.slice(fits);
      if (all.length) {
        this.addSpan(phrase, word, this.openLine(phrase, this.rows.nextAfter(line, mayBeGone)), all.join(""));
      }
    }
  }

  /**
   * @param {PhraseWords} phrase
   * @param {Word} word
   * @param {HTMLElement} line
   * @param {string} text
   */
  addSpan(phrase, word, line, text) {
    const span = this.makeSpan(phrase, text, word.isSolid ? "caption-final" : "caption-pending");
    line.append(span);
    word.spans.push(span);
    this.owners.set(span, { phrase, word });
    return span;
  }

  /**
   * @param {PhraseWords} phrase
   * @param {string} text
   * @param {string} style
   */
  makeSpan(phrase, text, style) {
    const { language, speaker } = phrase.caption;
    const span = document.createElement("span");
    span.className = style;
    span.lang = language;
    span.textContent = text;
    this.marks.paint(span, speaker);
    return span;
  }

  /**
   * Return the line for the next word of a phrase.
   * @param {PhraseWords} phrase
   * @param {HTMLElement | null} anchor
   * @param {boolean} mayBeGone
   */
  lineFor(phrase, anchor, mayBeGone) {
    const { rows } = this;
    const end = phrase.words[phrase.words.length - 1]?.spans.slice(-1)[0];
    if (end?.isConnected) {
      const line = lineWith(end);
      const isFree = line.lastElementChild === end && (mayBeGone || !rows.isGone(line));
      return isFree ? line : this.openLine(phrase, rows.nextAfter(line, mayBeGone));
    }
    if (anchor && !anchor.childElementCount && (mayBeGone || !rows.isGone(anchor)))
      return this.openLine(phrase, anchor);
    const line = anchor ?? rows.lastUsed;
    const isFree =
      line &&
      rows.lines.indexOf(line) >= (rows.first ?? rows.top) &&
      !this.isBlock &&
      !this.marks.isOfAnother(line, phrase.caption.speaker) &&
      !this.isTaken(line, phrase);
    return isFree ? line : this.openLine(phrase, rows.nextFree());
  }

  /**
   * Whether another open phrase continues on a line; two people who speak at once have separate lines.
   * @param {HTMLElement} line
   * @param {PhraseWords} phrase
   */
  isTaken(line, phrase) {
    for (const other of this.phrases.values()) {
      const end = other.words[other.words.length - 1]?.spans.slice(-1)[0];
      if (other !== phrase && other.caption.state === "open" && end?.parentElement === line) return true;
    }
    return false;
  }

  /**
   * Begin an empty line, with a mark where the speaker changes.
   * @param {PhraseWords} phrase
   * @param {HTMLElement} line
   */
  openLine(phrase, line) {
    const ahead = this.rows.lines.slice(0, this.rows.lines.indexOf(line)).filter((one) => one.childElementCount);
    const used = ahead[ahead.length - 1];
    line.dir = this.dir === "auto" ? direction(phrase.caption.language) : this.dir;
    line.dataset.phrase = phrase.caption.phrase;
    const mark = this.marks.begin(line, used ?? null, phrase.caption.speaker ?? "");
    if (mark) line.append(this.makeSpan(phrase, mark, "caption-speaker"));
    return line;
  }

  /**
   * Take words off their lines; a line on which only the mark of the speaker remains is empty then.
   * @param {Word[]} words
   */
  remove(words) {
    for (const span of words.flatMap((word) => word.spans)) {
      const line = lineWith(span);
      span.remove();
      const mark = line?.firstElementChild;
      if (line?.childElementCount === 1 && mark && !this.owners.has(mark)) line.replaceChildren();
    }
    for (const word of words) word.spans = [];
  }
}
