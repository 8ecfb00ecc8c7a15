// @ts-check
// The lines of a box: which are visible, which have rolled out of sight, and which wait below for room.

const ROLL_MS = 150;

export class LineBox {
  /** @type {HTMLElement[]} */
  lines = [];
  /** Index of the first visible line. */
  top = 0;
  /** @type {number | null} Index of the first line to use while lines are laid out again. */
  first = null;
  /** Index of the first visible line when the lines were drawn last. */
  drawnTop = 0;
  /** @type {WeakMap<HTMLElement, number>} When each line became visible, on the page's clock. */
  shownMs = new WeakMap();

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
    this.drawnTop = 0;
    this.first = null;
  }

  /** The last line with words on it. */
  get lastUsed() {
    for (let i = this.lines.length - 1; i >= 0; i--) if (this.lines[i].childElementCount) return this.lines[i];
    return null;
  }

  /** The visible lines. */
  get visible() {
    return this.lines.slice(this.top, this.top + this.count);
  }

  /** How many lines wait below the visible ones. */
  get waiting() {
    return Math.max(0, this.lines.length - this.top - this.count);
  }

  /**
   * Whether a line has rolled out of sight.
   * @param {HTMLElement} line
   */
  isGone(line) {
    return this.lines.indexOf(line) < this.top;
  }

  /** Return the first free line after the last one in use. */
  nextFree() {
    const used = this.lastUsed;
    const at = Math.max(used ? this.lines.indexOf(used) + 1 : 0, this.first ?? this.top);
    return this.lines[at] ?? this.add();
  }

  /**
   * Return the line on which text continues that fills `line`: the first empty one below it.
   * @param {HTMLElement} line
   * @param {boolean} mayBeGone Whether it may be out of sight.
   */
  nextAfter(line, mayBeGone) {
    const at = this.lines.indexOf(line) + 1;
    const below = this.lines.slice(mayBeGone ? at : Math.max(at, this.top, this.first ?? 0));
    return below.find((one) => !one.childElementCount) ?? this.add();
  }

  add() {
    const line = document.createElement("div");
    line.className = "caption-line";
    line.hidden = true;
    this.box.append(line);
    this.lines.push(line);
    return line;
  }

  /**
   * Empty the lines from this index on.
   * @param {number} index
   */
  emptyFrom(index) {
    for (const line of this.lines.slice(index)) line.replaceChildren();
  }

  /**
   * Show a line again that has rolled out of sight if nothing comes after it any more.
   * @param {HTMLElement} line
   */
  showLast(line) {
    if (this.isGone(line) && this.lastUsed === line) this.top = this.lines.indexOf(line);
  }

  /** Remove empty lines at the end that are not visible. */
  settle() {
    while (this.waiting && !this.lines[this.lines.length - 1].childElementCount) this.lines.pop()?.remove();
  }

  /**
   * Show the visible lines and no others. Lines that roll are removed and inserted again, because a browser
   * counts a layout shift for elements that move, but not for new ones.
   * @param {number} nowMs
   */
  draw(nowMs) {
    if (this.top !== this.drawnTop) this.box.replaceChildren(...this.lines);
    this.drawnTop = this.top;
    this.lines.forEach((line, i) => {
      const isHidden = i < this.top || i >= this.top + this.count;
      if (line.hidden && !isHidden) this.shownMs.set(line, nowMs);
      line.hidden = isHidden;
    });
  }

  /**
   * Return how many lines leave next: one, or all lines of the phrase at the top.
   * @param {boolean} isBlock Whether a phrase leaves as a whole.
   */
  leaving(isBlock) {
    const { phrase } = this.lines[this.top].dataset;
    if (!isBlock || phrase === this.lines[this.lines.length - 1].dataset.phrase) return 1;
    const end = this.lines.findIndex((line, i) => i > this.top && line.dataset.phrase !== phrase);
    return end - this.top;
  }

  /** Leave out the line that has waited longest. */
  skipWaiting() {
    this.lines.splice(this.top + this.count, 1)[0]?.remove();
  }

  /**
   * Animate how the visible lines have moved up by some rows.
   * @param {number} rows
   */
  glide(rows) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const line of this.visible) {
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
    this.drawnTop -= gone.length;
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
 * Return how many pixels of a line its words leave free.
 * @param {HTMLElement} line
 */
export function freeOn(line) {
  const boxes = [...line.children].map((span) => span.getBoundingClientRect());
  return line.clientWidth - Math.max(...boxes.map((box) => box.right)) + Math.min(...boxes.map((box) => box.left));
}
