// Lays words out in lines. A committed word keeps its place on its line for good; only whole lines roll up.

import { characters, direction, spaced, sticks, words } from "./line_breaks.js";

const KEPT_LINES = 20;
const KEPT_PHRASES = 60;
const TAIL_MAX = 200; // pieces; more grey words than that were never seen
const ROLL_MS = 150;

export class Lines {
  /**
   * `box` is the element; `count` lines are shown. `mode` "block" begins each phrase on a line of its own and lets it leave as
   * a whole. `pending` "off" hides grey words; `speakers` is "off", "label" or "color"; `hasMotion` lets lines glide up.
   */
  constructor(box, { count, mode = "rollup", pending = "dim", speakers = "off", dir = "auto", hasMotion = false }) {
    Object.assign(this, { box, count, mode, pending, speakers, dir, hasMotion });
    this.forget();
  }

  /** Forget everything that was said. */
  forget() {
    this.phrases = new Map();
    this.voices = new Map();
    this.spoken = undefined;
    this.clear();
  }

  /** Empty the box, but remember what was shown, so that it is not shown again when its phrase goes on. */
  clear() {
    this.box.replaceChildren();
    this.lines = [];
    this.top = 0; // the first line that is seen
    this.first = null; // the first that words are put on, while they are laid out anew
    this.owners = new WeakMap();
    for (const phrase of this.phrases.values()) Object.assign(phrase, { spans: [], tail: [] });
  }

  /** Remember a caption as if it had been shown and had left the box. */
  skip(caption) {
    const phrase = this.phrases.get(caption.phrase) ?? { spans: [], tail: [] };
    this.phrases.set(caption.phrase, Object.assign(phrase, { caption, text: solid(caption), piece: "" }));
    this.trim();
  }

  /** Take a caption of this track. What is no news only changes words that are on the screen still. */
  show(caption, isNews = true) {
    const phrase = this.phrases.get(caption.phrase) ?? { caption, text: "", piece: "", spans: [], tail: [] };
    if (!isNews && !this.phrases.has(caption.phrase)) return;
    this.phrases.set(caption.phrase, phrase);
    const isNamed = this.speakers !== "off" && phrase.spans.length && phrase.caption.speaker !== caption.speaker;
    const [before, text] = [phrase.text, solid(caption)];
    Object.assign(phrase, { caption, text });
    const top = this.top;
    this.removeTails();
    if (!text.startsWith(before) || isNamed) this.mend(phrase);
    else this.grow(phrase, text.slice(before.length));
    this.roll();
    for (const one of this.phrases.values()) this.placeTail(one);
    this.roll();
    if (this.hasMotion && this.top > top) this.glide(this.top - top);
    this.trim();
  }

  get isEmpty() {
    return !this.lastUsed();
  }

  /** Lay out anew what is seen, as after a change of size. */
  relayout() {
    this.removeTails();
    this.reflow(this.top);
    this.roll();
    for (const one of this.phrases.values()) this.placeTail(one);
    this.roll();
  }

  grow(phrase, more) {
    const pieces = words(more);
    if (!pieces.length) return;
    const last = phrase.spans[phrase.spans.length - 1];
    if (last) {
      const isWhole = /^\s/.test(more) || !sticks(phrase.piece, pieces[0]);
      const piece = isWhole ? phrase.piece + (/^\s/.test(more) ? " " : "") : phrase.piece + pieces.shift();
      phrase.piece = piece;
      this.owners.set(last, { phrase, piece });
      last.textContent = piece.trimEnd();
      const line = last.parentElement;
      if (overflows(line) && line.lastElementChild === last && this.wordsIn(line) > 1)
        this.open(phrase, phrase.spans).append(last);
      last.textContent = pieces.length ? piece : spaced(piece);
    }
    for (const piece of pieces) this.put(phrase, piece, phrase.spans);
    const [end] = phrase.spans.slice(-1);
    if (end) end.textContent = spaced(end.textContent);
  }

  /** Put the words of a phrase that has changed in the place of its old ones; what stands behind follows. */
  mend(phrase) {
    const first = phrase.spans.length ? this.lines.indexOf(phrase.spans[0].parentElement) : -1;
    if (first >= 0) this.reflow(first, phrase);
  }

  reflow(first, mended = null) {
    const runs = [];
    const lines = this.lines.slice(first);
    for (const span of lines.flatMap((line) => [...line.children])) {
      const owner = this.owners.get(span);
      if (!owner) continue;
      const run = runs[runs.length - 1];
      if (run && run.phrase === owner.phrase) run.pieces.push(owner.piece);
      else runs.push({ phrase: owner.phrase, pieces: [owner.piece] });
    }
    const at = runs.findIndex((run) => run.phrase === mended);
    if (at >= 0) runs[at].pieces = words(mended.text);
    for (const line of lines) {
      line.replaceChildren();
      line.hidden = false; // a hidden line has no width
    }
    this.first = first;
    for (const { phrase } of runs) phrase.spans = phrase.spans.filter((span) => span.isConnected);
    runs
      .filter((run, i) => run.phrase !== mended || i === at)
      .forEach(({ phrase, pieces }) => {
        pieces.forEach((piece) => this.put(phrase, piece, phrase.spans));
        const [end] = phrase.spans.slice(-1);
        if (end) end.textContent = spaced(end.textContent);
      });
    this.first = null;
    this.lines.forEach((line, i) => {
      line.hidden = i < this.top;
    });
  }

  /**
   * Grey words follow behind the solid ones. Too many of them do not push solid lines out: only the newest are shown then.
   * Where the last line has hardly room left, they may open one more.
   */
  placeTail(phrase) {
    if (this.pending === "off" || phrase.caption.state !== "open") return;
    const pieces = words(phrase.caption.tentative).slice(-TAIL_MAX);
    const last = this.lastUsed();
    let bottom = this.top + this.count - 1;
    if (last && this.lines.indexOf(last) === bottom && filled(last) > 0.75) bottom += 1;
    const isIn = (from) => {
      this.dropTail(phrase, bottom);
      if (from) this.put(phrase, "… ", phrase.tail);
      pieces.slice(from).forEach((piece) => this.put(phrase, piece, phrase.tail));
      return this.lines.length - 1 <= bottom;
    };
    for (; pieces.length && !isIn(0); bottom += 1) {
      const widths = phrase.tail.map((span) => span.getBoundingClientRect().width);
      let room =
        this.box.clientWidth *
        (bottom - (last ? this.lines.indexOf(last) : this.top - 1) + (last ? 1 - filled(last) : 0));
      let from = pieces.length - 1;
      while (from > 1 && (room -= widths[from] ?? 0) > 0) from -= 1;
      for (; from < pieces.length; from += 1) if (isIn(from)) return;
      // no other way than one more line: another speaker's words have them all
    }
  }

  removeTails() {
    for (const phrase of this.phrases.values()) this.dropTail(phrase);
  }

  /** Take grey words away but keep the lines they opened, so that what is above stays where it is. */
  dropTail(phrase, bottom = Infinity) {
    for (const span of phrase.tail) {
      const line = span.parentElement;
      span.remove();
      if (line?.childElementCount === 1 && !this.owners.has(line.firstElementChild)) line.replaceChildren();
    }
    phrase.tail = [];
    while (this.lines.length - 1 > bottom && !this.lines[this.lines.length - 1].childElementCount)
      this.lines.pop().remove();
  }

  put(phrase, piece, spans) {
    const line = this.lineOf(phrase, spans);
    const span = this.span(phrase, piece, spans === phrase.tail ? "caption-pending" : "caption-final");
    const text = span.textContent;
    span.textContent = text.trimEnd(); // a space may stand out
    line.append(span);
    if (overflows(line) && this.wordsIn(line) > 1) this.open(phrase, spans).append(span);
    this.owners.set(span, { phrase, piece });
    spans.push(span);
    if (spans === phrase.spans) phrase.piece = piece;
    if (overflows(span.parentElement)) this.split(phrase, piece, spans);
    else span.textContent = text;
  }

  /** Cut what is longer than a whole line. */
  split(phrase, piece, spans) {
    const span = spans[spans.length - 1];
    const all = characters(piece);
    let [fits, not] = [1, all.length];
    while (not - fits > 1) {
      const middle = (fits + not) >> 1;
      span.textContent = all.slice(0, middle).join("");
      [fits, not] = overflows(span.parentElement) ? [fits, middle] : [middle, not];
    }
    span.textContent = all.slice(0, fits).join("");
    this.owners.set(span, { phrase, piece: span.textContent });
    if (all.length > fits) this.put(phrase, all.slice(fits).join(""), spans);
  }

  span(phrase, piece, style) {
    const span = document.createElement("span");
    span.className = style;
    span.lang = phrase.caption.language;
    span.textContent = style === "caption-pending" ? spaced(piece) : piece;
    if (this.speakers === "color" && phrase.caption.speaker)
      span.classList.add(`speaker-${this.voice(phrase.caption.speaker)}`);
    return span;
  }

  voice(speaker) {
    if (!this.voices.has(speaker)) this.voices.set(speaker, (this.voices.size % 4) + 1);
    return this.voices.get(speaker);
  }

  /** The line that the next word of a phrase goes on. */
  lineOf(phrase, spans) {
    const [end] = spans.length ? spans.slice(-1) : phrase.spans.slice(-1);
    if (end) {
      const line = end.parentElement;
      return line.lastElementChild === end && !line.hidden ? line : this.open(phrase, spans);
    }
    const line = this.lastUsed();
    if (!line || line.hidden || this.mode === "block" || this.isAnother(line, phrase) || this.isTaken(line, phrase))
      return this.open(phrase, spans);
    return line;
  }

  /** Whether the words on this line are another speaker's. */
  isAnother(line, phrase) {
    return this.speakers !== "off" && line.dataset.speaker !== (phrase.caption.speaker ?? "");
  }

  /** Whether somebody who is still speaking goes on there; two at once have lines of their own. */
  isTaken(line, phrase) {
    for (const other of this.phrases.values()) {
      const [end] = other.tail.length ? other.tail.slice(-1) : other.spans.slice(-1);
      if (other !== phrase && other.caption.state === "open" && end?.parentElement === line) return true;
    }
    return false;
  }

  /** Begin the next free line, with a mark where the speaker changes. */
  open(phrase, spans) {
    const used = this.lastUsed();
    const line = this.lines[used ? this.lines.indexOf(used) + 1 : (this.first ?? this.top)] ?? this.make();
    line.dir = this.dir === "auto" ? direction(phrase.caption.language) : this.dir;
    line.dataset.phrase = phrase.caption.phrase;
    if (this.speakers === "off") return line;
    const speaker = phrase.caption.speaker ?? "";
    const before = used ? used.dataset.speaker : this.speakers === "color" ? this.spoken : undefined;
    line.dataset.speaker = speaker;
    if (spans === phrase.spans) this.spoken = speaker;
    if (before === undefined ? speaker : speaker !== before) {
      const mark = this.span(phrase, this.speakers === "label" && speaker ? `${speaker}: ` : ">> ", "caption-speaker");
      line.append(mark);
    }
    return line;
  }

  make() {
    const line = document.createElement("div");
    line.className = "caption-line";
    this.box.append(line);
    this.lines.push(line);
    return line;
  }

  wordsIn(line) {
    return line.querySelectorAll(".caption-final, .caption-pending").length;
  }

  lastUsed() {
    for (let i = this.lines.length - 1; i >= 0; i--) if (this.lines[i].childElementCount) return this.lines[i];
    return null;
  }

  /** Hide lines that have no room any more. */
  roll() {
    while (this.lines.length - this.top > this.count) {
      const gone = this.lines[this.top].dataset.phrase;
      const newest = this.lines[this.lines.length - 1].dataset.phrase;
      do this.lines[this.top++].hidden = true;
      while (this.mode === "block" && gone !== newest && this.lines[this.top].dataset.phrase === gone);
    }
  }

  glide(rows) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const line of this.lines.slice(this.top)) {
      const from = `translateY(${rows * line.offsetHeight}px)`;
      line.animate([{ transform: from }, { transform: "none" }], { duration: ROLL_MS, easing: "ease-out" });
    }
  }

  /** Forget what has rolled out of sight, so that a day of talk costs no more than a minute. */
  trim() {
    const gone = this.lines.splice(0, Math.max(0, this.top - KEPT_LINES));
    if (gone.length) {
      this.top -= gone.length;
      gone.forEach((line) => line.remove());
      for (const phrase of this.phrases.values()) phrase.spans = phrase.spans.filter((span) => span.isConnected);
    }
    for (const [id, phrase] of this.phrases) {
      if (this.phrases.size <= KEPT_PHRASES) break;
      // an open phrase may go on, but one that never ended must not stay for ever
      if (phrase.caption.state !== "open" || this.phrases.size > 2 * KEPT_PHRASES) this.phrases.delete(id);
    }
    if (this.voices.size > 400) this.voices.clear();
  }
}

const solid = ({ state, committed }) => (state === "withdrawn" ? "" : committed.trimEnd());

const overflows = (line) => line.scrollWidth > line.clientWidth + 1;

/** How much of a line its words take, from 0 to 1. */
function filled(line) {
  const boxes = [...line.children].map((span) => span.getBoundingClientRect());
  return (Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left))) / line.clientWidth;
}
