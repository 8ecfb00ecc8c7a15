// Lays words out in lines. A committed word keeps its place on its line for good; only whole lines roll up.

const WORD = /[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+\s*|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]\s*/gu;

const words = (text) => text.match(WORD) ?? [];

export class Lines {
  /** `box` is the element; `count` lines are shown; `onePhrase` begins each phrase on a line of its own. */
  constructor(box, { count, onePhrase = false, pending = "dim" }) {
    Object.assign(this, { box, count, onePhrase, pending, phrases: new Map() });
    this.clear();
  }

  clear() {
    this.phrases.clear();
    this.reset();
  }

  reset() {
    this.box.replaceChildren();
    this.lines = [];
    this.tail = [];
    this.top = 0;
    this.last = null;
  }

  /** Take a caption of this track; its committed words are placed, its tentative ones follow behind all others. */
  show(caption) {
    const known = this.phrases.get(caption.phrase);
    const before = known?.placed ?? [];
    const committed = caption.state === "withdrawn" ? [] : words(caption.committed);
    const phrase = known ?? { placed: [], spans: [] };
    Object.assign(phrase, { caption, committed });
    this.phrases.set(caption.phrase, phrase);
    const grows = before.every((word, i) => committed[i]?.trimEnd().startsWith(word.trimEnd()));
    if (!grows || (this.last && this.last !== phrase && committed.length > before.length && this.isBefore(phrase))) {
      this.relayout();
    } else {
      this.place(phrase);
      this.placeTentative();
    }
    this.trim();
  }

  /** Whether words of a later phrase are placed already, so that this phrase's new ones do not fit in behind. */
  isBefore(phrase) {
    const order = [...this.phrases.values()];
    return order.indexOf(phrase) < order.indexOf(this.last);
  }

  relayout() {
    const phrases = [...this.phrases.values()];
    this.reset();
    for (const phrase of phrases) {
      phrase.placed = [];
      phrase.spans = [];
      this.place(phrase);
    }
    this.placeTentative();
  }

  place(phrase) {
    this.removeTail();
    phrase.committed.forEach((word, i) => {
      if (i < phrase.placed.length) {
        if (phrase.placed[i] !== word) phrase.spans[i].textContent = word.trimEnd() + " ";
      } else {
        const starts = this.onePhrase && i === 0;
        phrase.spans.push(this.put(word, "caption-final", phrase.caption, starts));
        this.last = phrase;
      }
    });
    phrase.placed = phrase.committed;
  }

  placeTentative() {
    this.removeTail();
    if (this.pending !== "off") {
      for (const phrase of this.phrases.values()) {
        const { caption } = phrase;
        if (caption.state !== "open") continue;
        words(caption.tentative).forEach((word, i) => {
          const starts = this.onePhrase && i === 0 && phrase.placed.length === 0;
          this.tail.push(this.put(word, "caption-pending", caption, starts));
        });
      }
    }
    while (this.lines.length - this.top > this.count) this.box.children[this.top++].hidden = true;
  }

  /** Take the tentative words away but keep the lines they opened, so that what is above stays where it is. */
  removeTail() {
    this.tail.forEach((span) => span.remove());
    this.tail = [];
  }

  put(word, style, caption, startsLine) {
    const span = document.createElement("span");
    span.className = style;
    span.lang = caption.language;
    span.textContent = /\s$/.test(word) || /[\u3040-\u30ff\u3400-\u9fff]/u.test(word) ? word : word + " ";
    let line = this.lastUsed();
    if (!line || (startsLine && line.childElementCount)) line = this.nextLine(line);
    line.append(span);
    if (line.scrollWidth > line.clientWidth + 1 && line.childElementCount > 1) {
      line = this.nextLine(line);
      line.append(span);
    }
    return span;
  }

  lastUsed() {
    for (let i = this.lines.length - 1; i >= 0; i--) if (this.lines[i].childElementCount) return this.lines[i];
    return this.lines[this.top] ?? null;
  }

  nextLine(line) {
    const next = line ? this.lines[this.lines.indexOf(line) + 1] : null;
    if (next) return next;
    const made = document.createElement("div");
    made.className = "caption-line";
    made.dir = "auto";
    this.box.append(made);
    this.lines.push(made);
    return made;
  }

  /** Forget what has rolled out of sight, so that a day of talk costs no more than a minute. */
  trim() {
    while (this.top > 20) {
      this.lines.shift().remove();
      this.top--;
    }
    for (const [id, phrase] of this.phrases) {
      if (this.phrases.size <= 60 || phrase.caption.state === "open") break;
      this.phrases.delete(id);
    }
  }
}
