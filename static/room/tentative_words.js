// @ts-check
// The grey words after the committed ones; they come and go without moving what is above them.

import { breakable } from "./line_breaks.js";
import { filled, lineWith } from "./line_box.js";

/** @import { LineBox } from "./line_box.js" */
/** @import { PhraseWords, WordLayout } from "./word_layout.js" */

const PIECES_MAX = 200; // more tentative words have never occurred
const NEARLY_FULL = 0.75;

export class TentativeWords {
  /**
   * @param {LineBox} rows
   * @param {WordLayout} layout
   * @param {Map<string, PhraseWords>} phrases
   */
  constructor(rows, layout, phrases) {
    this.rows = rows;
    this.layout = layout;
    this.phrases = phrases;
  }

  /** Show the tentative words of all open phrases. */
  placeAll() {
    for (const phrase of this.phrases.values()) this.place(phrase);
  }

  /**
   * Show the tentative words of a phrase. They do not push committed lines out of the box: of too many only the newest are
   * shown. Where the last line is nearly full, they may open one more.
   * @param {PhraseWords} phrase
   */
  place(phrase) {
    if (phrase.caption.state !== "open") return;
    const { rows } = this;
    const pieces = breakable(phrase.caption.tentative).slice(-PIECES_MAX);
    const last = rows.lastUsed;
    let { bottom } = rows;
    if (last && rows.lines.indexOf(last) === bottom && filled(last) > NEARLY_FULL) bottom += 1;
    for (; pieces.length && !this.fits(phrase, pieces, 0, bottom); bottom += 1) {
      const widths = phrase.tail.map((span) => span.getBoundingClientRect().width);
      const free = bottom - (last ? rows.lines.indexOf(last) : rows.top - 1) + (last ? 1 - filled(last) : 0);
      let room = rows.box.clientWidth * free;
      let from = pieces.length - 1;
      while (from > 1 && (room -= widths[from] ?? 0) > 0) from -= 1;
      for (; from < pieces.length; from += 1) if (this.fits(phrase, pieces, from, bottom)) return;
      // the words of another speaker fill all lines, so one more is needed
    }
  }

  /**
   * Show the pieces from an index on, and return whether they end on the bottom line or above.
   * @param {PhraseWords} phrase
   * @param {string[]} pieces
   * @param {number} from
   * @param {number} bottom
   */
  fits(phrase, pieces, from, bottom) {
    this.remove(phrase, bottom);
    if (from) this.layout.put(phrase, "… ", phrase.tail);
    pieces.slice(from).forEach((piece) => this.layout.put(phrase, piece, phrase.tail));
    return this.rows.lines.length - 1 <= bottom;
  }

  removeAll() {
    for (const phrase of this.phrases.values()) this.remove(phrase);
  }

  /**
   * Remove the tentative words of a phrase but keep the lines that they opened, so that what is above does not move.
   * @param {PhraseWords} phrase
   * @param {number} [bottom] Empty lines below this index are removed.
   */
  remove(phrase, bottom = Infinity) {
    for (const span of phrase.tail) {
      const line = lineWith(span);
      span.remove();
      const mark = line?.firstElementChild;
      if (line?.childElementCount === 1 && mark && !this.layout.owners.has(mark)) line.replaceChildren();
    }
    phrase.tail = [];
    this.rows.removeEmptyAfter(bottom);
  }
}
