// @ts-check
// When lines roll up: what is read stays long enough, and what waits does not wait long.

/** @import { LineBox } from "./line_box.js" */
/** @import { WordLayout } from "./word_layout.js" */

/** A line with solid words stays this long; roll-up captions of broadcasters keep a line for 1 to 2 s. */
const STAND_MS = 1500;

/** Each word stays this long, grey or solid, since it appeared as such; the shortest subtitle of broadcasters is 5/6 s. */
const WORD_MS = 1000;

/** With this many waiting lines or more, a line stays only as long as its words must. */
const HURRY = 2;

/**
 * How many boxes of lines may wait; where speech is faster, the oldest waiting lines are left out. A box leaves within 1 s then,
 * so that nothing is shown more than about 5 s late.
 */
const WAITING_BOXES = 4;

export class RollUp {
  /** @type {number | undefined} */
  timer = undefined;

  /**
   * @param {LineBox} rows
   * @param {WordLayout} layout
   * @param {{ isBlock: boolean, hasMotion: boolean, onRoll: () => void }} options `onRoll` is called when lines roll that had
   *   to wait.
   */
  constructor(rows, layout, { isBlock, hasMotion, onRoll }) {
    this.rows = rows;
    this.layout = layout;
    this.isBlock = isBlock;
    this.hasMotion = hasMotion;
    this.onRoll = onRoll;
  }

  stop() {
    clearTimeout(this.timer);
  }

  /** Let lines leave that have stayed long enough while others wait, and come back when the next one has. */
  advance() {
    const { rows } = this;
    const { top } = rows;
    this.stop();
    rows.settle();
    while (rows.waiting > WAITING_BOXES * rows.count) rows.skipWaiting();
    rows.draw(performance.now());
    while (rows.waiting) {
      const leaving = rows.leaving(this.isBlock);
      const restMs = this.leaveMs(leaving) - performance.now();
      if (restMs > 0) {
        this.timer = setTimeout(() => {
          this.advance();
          this.onRoll();
        }, restMs);
        break;
      }
      rows.top += leaving;
      rows.draw(performance.now());
    }
    if (this.hasMotion && rows.top > top) rows.glide(rows.top - top);
  }

  /**
   * Return when the first visible lines may leave.
   * @param {number} n How many lines.
   */
  leaveMs(n) {
    const { rows } = this;
    let atMs = 0;
    for (const line of rows.visible.slice(0, n)) {
      const shownMs = rows.shownMs.get(line) ?? 0;
      let solidMs = Infinity;
      for (const span of line.children) {
        const word = this.layout.owners.get(span)?.word;
        if (!word) continue;
        const sinceMs = Math.max(shownMs, word.sinceMs);
        atMs = Math.max(atMs, sinceMs + WORD_MS);
        if (word.isSolid) solidMs = Math.min(solidMs, sinceMs);
      }
      if (solidMs < Infinity && rows.waiting < HURRY) atMs = Math.max(atMs, solidMs + STAND_MS);
    }
    return atMs;
  }
}
