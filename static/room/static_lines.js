// Subtitles that do not move: only what is final, a box full at a time, each long enough to be read.

import { Lines } from "./lines.js";

const LEAST_S = 1;
const READ_CPS = 17; // characters a second that people read with ease
const RUSH_CPS = 25; // when much waits
const WAITING_MAX = 6; // boxes; more is a flood that nobody reads

export class Still {
  /** `box` shows `count` lines, `measure` is an unseen box of the same width; `onShow()` hears of every change by itself. */
  constructor(box, measure, options, onShow = () => {}) {
    Object.assign(this, { box, measure, count: options.count, onShow });
    this.wrapping = new Lines(measure, { ...options, count: Infinity, mode: "block", pending: "off" });
    this.forget();
  }

  forget() {
    this.wrapping.forget();
    this.seen = new Set();
    this.clear();
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = null;
    this.waiting = [];
    this.blocks = [];
    this.box.replaceChildren();
  }

  skip(caption) {
    if (caption.state !== "open") this.note(caption.phrase);
  }

  note(phrase) {
    this.seen.add(phrase);
    if (this.seen.size > 400) this.seen.delete(this.seen.values().next().value);
  }

  show(caption, isNews = true) {
    if (caption.state === "open") return;
    const known = [...this.blocks, ...this.waiting].filter((block) => block.caption.phrase === caption.phrase);
    if (known.length) {
      this.mend(known, caption);
    } else if (isNews && !this.seen.has(caption.phrase)) {
      this.note(caption.phrase);
      this.waiting.push(...this.cut(caption));
      this.waiting.splice(0, this.waiting.length - WAITING_MAX);
      if (!this.timer || this.fits()) this.next();
    }
  }

  get isEmpty() {
    return this.blocks.length === 0;
  }

  get isBusy() {
    return this.waiting.length > 0;
  }

  relayout() {
    const all = [...this.blocks, ...this.waiting].map((block) => block.caption);
    this.clear();
    this.waiting = [...new Set(all)].flatMap((caption) => this.cut(caption));
    this.next();
  }

  /** Return a phrase as blocks of lines, none longer than the box. */
  cut(caption) {
    this.wrapping.show(caption);
    const rows = [...this.measure.children];
    this.wrapping.phrases.clear();
    this.wrapping.clear();
    const blocks = [];
    for (let at = 0; at < rows.length; at += this.count)
      blocks.push({ caption, at: blocks.length, rows: rows.slice(at, at + this.count) });
    return blocks;
  }

  /** A corrected phrase takes its old place; what does not fit there waits for the next box. */
  mend(known, caption) {
    const made = this.cut(caption).slice(known[0].at);
    const standing = known.filter((block) => this.blocks.includes(block)).length;
    this.waiting = this.waiting.filter((block) => !known.includes(block));
    const free =
      this.count -
      this.blocks.filter((block) => !known.includes(block)).reduce((sum, { rows }) => sum + rows.length, 0);
    const now = standing ? made.slice(0, 1).filter(({ rows }) => rows.length <= free) : [];
    const first = this.blocks.findIndex((block) => known.includes(block));
    this.blocks = this.blocks.filter((block) => !known.includes(block));
    if (standing) this.blocks.splice(first, 0, ...now);
    this.waiting.unshift(...made.slice(now.length));
    this.draw();
    if (!this.timer || this.isEmpty) this.next();
  }

  /** Whether what waits next has room below what is shown. */
  fits() {
    return (
      this.waiting.length > 0 &&
      this.blocks.length > 0 &&
      [...this.blocks, this.waiting[0]].reduce((sum, { rows }) => sum + rows.length, 0) <= this.count
    );
  }

  next() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.waiting.length) return;
    if (!this.fits()) this.blocks = [];
    do this.blocks.push(this.waiting.shift());
    while (this.fits());
    this.draw();
    const length = this.blocks.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.textContent.length, 0);
    const readS = length / (this.waiting.length > 2 ? RUSH_CPS : READ_CPS);
    this.timer = setTimeout(() => this.next(), Math.max(LEAST_S, readS) * 1000);
  }

  draw() {
    this.box.replaceChildren(...this.blocks.flatMap(({ rows }) => rows));
    this.onShow();
  }
}
