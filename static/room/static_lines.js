// @ts-check
// Subtitles that do not move: final text only, a full box at a time, each shown long enough to be read.

import { Lines } from "./lines.js";

/** @import { DisplayedCaption } from "./messages" */
/** @import { LineOptions } from "./word_layout.js" */

/**
 * @typedef {object} Block Some lines of a phrase, not more than the box has room for.
 * @property {DisplayedCaption} caption
 * @property {number} at Which block of its phrase it is, counted from 0.
 * @property {HTMLElement[]} rows
 */

const LEAST_S = 1;
const READ_CPS = 17; // characters per second that people read easily
const RUSH_CPS = 25; // when much text waits
const WAITING_MAX = 6; // blocks; readers could not follow more
const SEEN_MAX = 400;

/** @param {readonly Block[]} blocks */
const countRows = (blocks) => blocks.reduce((sum, { rows }) => sum + rows.length, 0);

export class StaticLines {
  /** @type {Block[]} */
  shown = [];
  /** @type {Block[]} */
  waiting = [];
  /** @type {Set<string>} Phrases that were shown or skipped. */
  seen = new Set();
  /** @type {number | undefined} */
  timer = undefined;

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} measure An invisible box of the same width.
   * @param {LineOptions} options
   * @param {() => void} onShow Called after each change of the box.
   */
  constructor(box, measure, options, onShow) {
    this.box = box;
    this.count = options.count;
    this.onShow = onShow;
    this.wrapping = new Lines(measure, { ...options, count: Infinity, mode: "block", pending: "off" });
  }

  forget() {
    this.wrapping.forget();
    this.seen.clear();
    this.clear();
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
    this.shown = [];
    this.box.replaceChildren();
  }

  /** @param {DisplayedCaption} caption */
  skip(caption) {
    if (caption.state !== "open") this.markSeen(caption.phrase);
  }

  /** @param {string} phrase */
  markSeen(phrase) {
    this.seen.add(phrase);
    for (const oldest of this.seen) {
      if (this.seen.size <= SEEN_MAX) break;
      this.seen.delete(oldest);
    }
  }

  /**
   * @param {DisplayedCaption} caption
   * @param {boolean} [isNews]
   */
  show(caption, isNews = true) {
    if (caption.state === "open") return;
    const known = [...this.shown, ...this.waiting].filter((block) => block.caption.phrase === caption.phrase);
    if (known.length) {
      this.replace(known, caption);
    } else if (isNews && !this.seen.has(caption.phrase)) {
      this.markSeen(caption.phrase);
      this.waiting.push(...this.cut(caption));
      this.waiting.splice(0, this.waiting.length - WAITING_MAX);
      if (this.timer === undefined || this.hasRoomForNext) this.showNext();
    }
  }

  get isEmpty() {
    return this.shown.length === 0;
  }

  get isBusy() {
    return this.waiting.length > 0;
  }

  relayout() {
    const all = [...this.shown, ...this.waiting].map((block) => block.caption);
    this.clear();
    this.waiting = [...new Set(all)].flatMap((caption) => this.cut(caption));
    this.showNext();
  }

  /**
   * Return a phrase as blocks of lines.
   * @param {DisplayedCaption} caption
   */
  cut(caption) {
    this.wrapping.show(caption);
    const rows = this.wrapping.takeLines();
    /** @type {Block[]} */
    const blocks = [];
    for (let at = 0; at < rows.length; at += this.count) {
      blocks.push({ caption, at: blocks.length, rows: rows.slice(at, at + this.count) });
    }
    return blocks;
  }

  /**
   * Put a corrected phrase in its old place; what does not fit there waits for the next box.
   * @param {Block[]} known Its blocks until now.
   * @param {DisplayedCaption} caption
   */
  replace(known, caption) {
    const blocks = this.cut(caption).slice(known[0].at);
    const isShown = known.some((block) => this.shown.includes(block));
    this.waiting = this.waiting.filter((block) => !known.includes(block));
    const others = this.shown.filter((block) => !known.includes(block));
    const free = this.count - countRows(others);
    const now = isShown ? blocks.slice(0, 1).filter(({ rows }) => rows.length <= free) : [];
    const first = this.shown.findIndex((block) => known.includes(block));
    this.shown = others;
    if (isShown) this.shown.splice(first, 0, ...now);
    this.waiting.unshift(...blocks.slice(now.length));
    this.draw();
    if (this.timer === undefined || this.isEmpty) this.showNext();
  }

  /** Whether the next block has room below what is shown. */
  get hasRoomForNext() {
    return (
      this.waiting.length > 0 && this.shown.length > 0 && countRows([...this.shown, this.waiting[0]]) <= this.count
    );
  }

  /** Show what waits: below what is shown if there is room, otherwise instead of it. */
  showNext() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.waiting.length) return;
    if (!this.hasRoomForNext) this.shown = [];
    do this.shown.push(...this.waiting.splice(0, 1));
    while (this.hasRoomForNext);
    this.draw();
    const rows = this.shown.flatMap((block) => block.rows);
    const length = rows.reduce((sum, row) => sum + row.textContent.length, 0);
    const readS = length / (this.waiting.length > 2 ? RUSH_CPS : READ_CPS);
    this.timer = setTimeout(() => this.showNext(), Math.max(LEAST_S, readS) * 1000);
  }

  draw() {
    this.box.replaceChildren(...this.shown.flatMap(({ rows }) => rows));
    this.onShow();
  }
}
