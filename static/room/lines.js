// @ts-check
// Shows the phrases of one track in lines. Words are shown as they are spoken, grey at first. A word that has turned solid keeps
// its place on its line; only whole lines roll up.

import { LineBox, lineWith, overflows, wordsOn } from "./line_box.js";
import { reflow } from "./line_reflow.js";
import { NextPhrases } from "./next_phrases.js";
import { committedText, forgetGone, grows, isSame, makeWord, turn, wordsOf } from "./phrase_words.js";
import { RollUp } from "./roll_up.js";
import { WordLayout } from "./word_layout.js";

/** @import { DisplayedCaption } from "./messages" */
/** @import { PhraseWords, Word } from "./phrase_words.js" */
/** @import { LineOptions } from "./word_layout.js" */

const KEPT_LINES = 20;
const KEPT_PHRASES = 60;

export class Lines {
  /** @type {Map<string, PhraseWords>} */
  phrases = new Map();
  /** The width and font for which words are laid out. */
  size = "";

  /**
   * @param {HTMLElement} box
   * @param {LineOptions} options
   */
  constructor(box, options) {
    const { count, mode, pending, hasMotion = false, onRoll = () => {} } = options;
    this.rows = new LineBox(box, count);
    this.layout = new WordLayout(this.rows, this.phrases, options);
    this.pace = new RollUp(this.rows, this.layout, { isBlock: mode === "block", hasMotion, onRoll });
    this.next = new NextPhrases((phrase) => this.withdraw(phrase));
    this.isBlock = mode === "block";
    this.hasTentative = pending !== "off";
    this.hasSpeakers = (options.speakers ?? "off") !== "off";
  }

  /** Forget everything that was said. */
  forget() {
    this.clear();
    this.phrases.clear();
    this.layout.marks.forget();
  }

  /** Empty the box, but remember what was shown, so that it is not shown again when its phrase continues. */
  clear() {
    this.pace.stop();
    this.next.clear();
    this.layout.marks.remember(this.rows.lastUsed);
    this.rows.clear();
    for (const phrase of this.phrases.values()) {
      Object.assign(phrase, { before: committedText(phrase.caption), words: [] });
    }
  }

  /**
   * Remember a caption as if it had been shown and had left the box.
   * @param {DisplayedCaption} caption
   */
  skip(caption) {
    const phrase = this.phraseOf(caption);
    this.layout.remove(phrase.words);
    Object.assign(phrase, { caption, before: committedText(caption), words: [] });
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
    const isRenamed = this.hasSpeakers && phrase.caption.speaker !== caption.speaker;
    const left = phrase.caption.state === "open" ? this.next.leftOver(phrase, caption) : [];
    phrase.caption = caption;
    const next = left.map((text) => makeWord(text, false));
    this.update(
      phrase,
      [...wordsOf(phrase, this.hasTentative), ...(this.isBlock ? [] : next)],
      isRenamed && phrase.words.length > 0,
    );
    if (next.length) this.keepNext(phrase, next);
    this.finish(phrase);
  }

  /**
   * Keep the tentative words after the end of a phrase as the beginning of the next one.
   * @param {PhraseWords} phrase
   * @param {Word[]} words They are the phrase's last words, except in block mode, where they begin a line.
   */
  keepNext(phrase, words) {
    const kept = this.isBlock ? [] : phrase.words.splice(-words.length);
    const next = this.next.keep(phrase.caption, kept);
    this.phrases.set(next.caption.phrase, next);
    for (const word of kept) for (const span of word.spans) this.layout.owners.set(span, { phrase: next, word });
    if (this.isBlock) this.layout.append(next, words);
  }

  /**
   * Remove a phrase whose words did not come.
   * @param {PhraseWords} phrase
   */
  withdraw(phrase) {
    this.layout.remove(phrase.words);
    this.phrases.delete(phrase.caption.phrase);
    this.finish();
    this.rows.box.classList.toggle("empty", this.isEmpty);
  }

  /**
   * Return the phrase of a caption; a new one begins with the tentative words that the phrase before it lost to it.
   * @param {DisplayedCaption} caption
   * @returns {PhraseWords}
   */
  phraseOf(caption) {
    const known = this.phrases.get(caption.phrase);
    if (known) return known;
    const waiting = this.next.take(caption);
    if (!waiting) return { caption, before: "", words: [] };
    this.phrases.delete(waiting.caption.phrase);
    for (const { spans } of waiting.words) {
      for (const span of spans) if (this.isBlock && span.parentElement) lineWith(span).dataset.phrase = caption.phrase;
    }
    return waiting;
  }

  get isEmpty() {
    return !this.rows.lastUsed;
  }

  /** Whether lines wait for room. */
  get isBusy() {
    return this.rows.waiting > 0;
  }

  /** Lay out again what is visible if width or font have changed. */
  relayout() {
    const size = this.sizeNow();
    if (size === this.size) return;
    this.size = size;
    reflow(this.rows, this.layout, this.rows.top);
    this.finish();
  }

  sizeNow() {
    return `${this.rows.box.clientWidth} ${getComputedStyle(this.rows.box).font}`;
  }

  /** Take the lines out of the box and forget their phrases, but not their speakers. */
  takeLines() {
    const lines = [...this.rows.lines];
    this.layout.marks.remember(this.rows.lastUsed);
    this.phrases.clear();
    this.rows.clear();
    return lines;
  }

  /** @param {PhraseWords} [changed] */
  finish(changed) {
    this.size ||= this.sizeNow();
    const end = changed?.words[changed.words.length - 1]?.spans.slice(-1)[0];
    if (end?.isConnected) this.rows.showLast(lineWith(end));
    this.pace.advance();
    this.trim();
  }

  /**
   * Give a phrase new words. Those that it has already stay where they are, and turn solid there.
   * @param {PhraseWords} phrase
   * @param {Word[]} words
   * @param {boolean} [isMarked] Whether its first line begins with another name now.
   */
  update(phrase, words, isMarked = false) {
    const old = phrase.words;
    let same = 0;
    while (!isMarked && same < old.length && same < words.length && isSame(old[same], words[same])) {
      turn(old[same], words[same]);
      same += 1;
    }
    if (
      !isMarked &&
      old[same]?.isFixed &&
      !old[same + 1]?.isFixed &&
      words[same]?.isSolid &&
      grows(old[same], words[same])
    ) {
      this.layout.remove(old.splice(same + 1));
      this.grow(phrase, old[same], words[same]);
      same += 1;
    }
    const rest = old.slice(same);
    if (rest.some((word) => word.isFixed)) {
      this.replace(phrase, words, same);
    } else {
      const anchor = rest[0]?.spans[0]?.isConnected ? lineWith(rest[0].spans[0]) : null;
      const nGone = old.filter(({ spans }) => spans[0] && this.rows.isGone(lineWith(spans[0]))).length;
      const ages = new Map(rest.map((word) => [word.text.trim(), word.sinceMs]));
      this.layout.remove(old.splice(same));
      const fresh = words.slice(same);
      for (const word of fresh) if (!word.isSolid) word.sinceMs = ages.get(word.text.trim()) ?? word.sinceMs;
      this.layout.append(phrase, fresh, anchor, nGone);
    }
    for (const word of phrase.words) word.isFixed = word.isSolid;
  }

  /**
   * Add what was missing to the last solid word of a phrase, such as a closing mark.
   * @param {PhraseWords} phrase
   * @param {Word} word
   * @param {Word} grown
   */
  grow(phrase, word, grown) {
    const span = word.spans[word.spans.length - 1];
    word.text = grown.text;
    if (!span || word.spans.length > 1) return;
    span.textContent = grown.text.trimEnd();
    const line = lineWith(span);
    if (line && overflows(line) && wordsOn(line) > 1) this.layout.breakBefore(phrase, word, line);
    span.textContent = grown.text;
  }

  /**
   * Put the words of a phrase that was corrected in the place of its old ones; what comes after them follows.
   * @param {PhraseWords} phrase
   * @param {Word[]} words
   * @param {number} same How many words at the beginning stay.
   */
  replace(phrase, words, same) {
    const shown = phrase.words.slice(same).find(({ spans }) => spans[0]?.isConnected);
    if (shown) reflow(this.rows, this.layout, this.rows.lines.indexOf(lineWith(shown.spans[0])), phrase, words);
    else Object.assign(phrase, { before: committedText(phrase.caption), words: [] });
  }

  /** Forget what has rolled out of sight, so that memory does not grow with the meeting. */
  trim() {
    this.rows.trim(KEPT_LINES);
    for (const phrase of this.phrases.values()) forgetGone(phrase);
    for (const [id, phrase] of this.phrases) {
      if (this.phrases.size <= KEPT_PHRASES) break;
      // an open phrase may continue, but one that never ended must go in the end
      if (phrase.caption.state !== "open" || this.phrases.size > 2 * KEPT_PHRASES) this.phrases.delete(id);
    }
  }
}
