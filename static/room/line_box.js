// @ts-check
// The lines of a box: which are in use, which have rolled out of sight.

const ROLL_MS = 150;

export class LineBox {
  /** @type {HTMLElement[]} */
  lines = [];
  /** Index of the first visible line. */
  top = 0;
  /** @type {number | null} Index of the first line to use while lines are laid out again. */
  first = null;

  /**
   * @param {HTMLElement} box
   * @param {number} count How many lines are visible at most.
   */
  constructor(box, count) {
    this.box = box;
    this.count = count;
  }

  clear() {
    this.box.replaceChildren();
    this.lines = [];
    this.top = 0;
    this.first = null;
  }

  /** The last line with words on it. */
  get lastUsed() {
    for (let i = this.lines.length - 1; i >= 0; i--) if (this.lines[i].childElementCount) return this.lines[i];
    return null;
  }

  /** Index of the last line that is visible without rolling. */
  get bottom() {
    return this.top + this.count - 1;
  }

  /** Return the first free line after the last one in use. */
  nextFree() {
    const used = this.lastUsed;
    return this.lines[used ? this.lines.indexOf(used) + 1 : (this.first ?? this.top)] ?? this.add();
  }

  add() {
    const line = document.createElement("div");
    line.className = "caption-line";
    this.box.append(line);
    this.lines.push(line);
    return line;
  }

  /**
   * Empty the lines from this index on and make them visible, because a hidden line has no width.
   * @param {number} index
   */
  emptyFrom(index) {
    for (const line of this.lines.slice(index)) {
      line.replaceChildren();
      line.hidden = false;
    }
  }

  hideAboveTop() {
    this.lines.forEach((line, i) => {
      line.hidden = i < this.top;
    });
  }

  /**
   * Remove the empty lines at the end that come after this index.
   * @param {number} index
   */
  removeEmptyAfter(index) {
    while (this.lines.length - 1 > index && !this.lines[this.lines.length - 1].childElementCount) {
      this.lines.pop()?.remove();
    }
  }

  /**
   * Hide lines at the top until the rest fits.
   * @param {boolean} isBlock Whether a phrase leaves as a whole.
   */
  roll(isBlock) {
    while (this.lines.length - this.top > this.count) {
      const gone = this.lines[this.top].dataset.phrase;
      const newest = this.lines[this.lines.length - 1].dataset.phrase;
      do this.lines[this.top++].hidden = true;
      while (isBlock && gone !== newest && this.lines[this.top].dataset.phrase === gone);
    }
  }

  /**
   * Animate how the visible lines have moved up by some rows.
   * @param {number} rows
   */
  glide(rows) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const line of this.lines.slice(this.top)) {
      const from = `translateY(${rows * line.offsetHeight}px)`;
      line.animate([{ transform: from }, { transform: "none" }], { duration: ROLL_MS, easing: "ease-out" });
    }
  }

  /**
   * Remove lines above the visible ones except the newest `kept`; returns whether any was removed.
   * @param {number} kept
   */
  trim(kept) {
    const gone = this.lines.splice(0, Math.max(0, this.top - kept));
    this.top -= gone.length;
    gone.forEach((line) => line.remove());
    return gone.length > 0;
  }
}

/**
 * Return the line that a word is on.
 * @param {HTMLElement} span
 */
export const lineWith = (span) => /** @type {HTMLElement} */ (span.parentElement);

/** @param {HTMLElement} line */
export const overflows = (line) => line.scrollWidth > line.clientWidth + 1;

/** @param {HTMLElement} line */
export const wordsOn = (line) => line.querySelectorAll(".caption-final, .caption-pending").length;

/**
 * Return how much of a line its words take, from 0 to 1.
 * @param {HTMLElement} line
 */
export function filled(line) {
  const boxes = [...line.children].map((span) => span.getBoundingClientRect());
  return (Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left))) / line.clientWidth;
}
