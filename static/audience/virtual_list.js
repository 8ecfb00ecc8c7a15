// @ts-check
// A virtual list of phrases: only those near the visible part are in the document. Text that the reader sees never moves.

import { PhraseHeights } from "./phrase_heights.js";
import { PhraseNodes } from "./phrase_nodes.js";

/** @import { History, Phrase } from "./history.js" */

/**
 * @typedef {object} Anchor A phrase that keeps its place on the screen.
 * @property {Phrase} phrase
 * @property {number} top Pixels from the top of the window.
 */

const SCREENS = 1.5;
const SELECTED_MAX = 1500;
const NEAR_PX = 40;
const REST_MS = 200;
const SPACE_PX = 24; // above a phrase that was searched

export class VirtualList {
  tracks = ["original"];
  /** Whether the newest words stay visible. */
  isFollowing = true;
  heights = new PhraseHeights();
  /** @type {Anchor | null} */
  lastAnchor = null;
  /** @type {Anchor | null} A phrase to bring to a place with the next drawing. */
  target = null;
  isResized = false;
  frame = 0;
  aboveHeight = 0;
  viewHeight = innerHeight;
  width = 0;
  lastY = 0;
  movedAtMs = 0;
  restTimer = 0;

  /**
   * @param {object} parts
   * @param {History} parts.history
   * @param {HTMLElement} parts.list Contains the phrases in the document.
   * @param {HTMLElement} parts.above Has the height of the phrases before them.
   * @param {HTMLElement} parts.below Has the height of the phrases after them.
   * @param {HTMLElement} parts.header
   * @param {(isFollowing: boolean) => void} parts.onMove Called when the reader leaves the newest words or returns.
   * @param {() => void} parts.onDraw
   * @param {(label: string | null) => string | null} parts.nameOf Returns the name of a speaker, null for none.
   */
  constructor({ history, list, above, below, header, onMove, onDraw, nameOf }) {
    this.history = history;
    this.nodes = new PhraseNodes(list, history, nameOf);
    this.list = list;
    this.above = above;
    this.below = below;
    this.header = header;
    this.headerHeight = header.offsetHeight;
    this.onMove = onMove;
    this.onDraw = onDraw;
    addEventListener("scroll", () => this.onScroll(), { passive: true });
    new ResizeObserver(() => this.onWidth()).observe(list);
    new ResizeObserver(() => this.onHeader()).observe(header);
    addEventListener("resize", () => this.scheduleDraw());
    document.addEventListener("selectionchange", () => {
      if (this.isSelecting) this.setFollowing(false);
    });
  }

  /**
   * Draw in the next frame.
   * @param {Phrase} [phrase] A phrase that has changed.
   */
  scheduleDraw(phrase) {
    if (phrase) this.nodes.stale.add(phrase);
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  /** @param {string[]} tracks */
  showTracks(tracks) {
    this.tracks = tracks;
    this.heights.tracks = tracks;
    this.nodes.markAllStale();
    this.forgetHeights();
  }

  clear() {
    this.nodes.clear();
    this.setAbove(0);
    this.setFollowing(true);
    this.scheduleDraw();
  }

  onWidth() {
    if (this.width === this.list.clientWidth) return;
    this.width = this.list.clientWidth;
    this.forgetHeights();
  }

  forgetHeights() {
    this.isResized = true;
    this.heights.forget(this.history.phrases);
    this.scheduleDraw();
  }

  /** Keep the text in its place when a message above it comes or goes. */
  onHeader() {
    const grown = this.header.offsetHeight - this.headerHeight;
    this.headerHeight = this.header.offsetHeight;
    if (grown && !this.isFollowing) this.scrollToY(scrollY + grown);
    this.scheduleDraw();
  }

  /** @param {boolean} isFollowing */
  setFollowing(isFollowing) {
    if (this.isFollowing === isFollowing) return;
    this.isFollowing = isFollowing;
    this.onMove(isFollowing);
  }

  jumpToLive() {
    getSelection()?.removeAllRanges();
    this.setFollowing(true);
    this.scheduleDraw();
  }

  /**
   * Show a phrase below the header, and stay there.
   * @param {Phrase} phrase
   */
  showPhrase(phrase) {
    this.setFollowing(false);
    this.target = { phrase, top: this.header.getBoundingClientRect().bottom + SPACE_PX };
    this.scheduleDraw();
  }

  get isSelecting() {
    const selection = getSelection();
    return selection !== null && !selection.isCollapsed && this.list.contains(selection.anchorNode);
  }

  onScroll() {
    const left = document.documentElement.scrollHeight - innerHeight - scrollY;
    if (scrollY < this.lastY) {
      if (left > 1 && this.viewHeight === innerHeight) this.setFollowing(false);
    } else if (scrollY > this.lastY && left <= NEAR_PX && !this.isSelecting) {
      this.setFollowing(true);
    }
    this.viewHeight = innerHeight;
    this.lastY = scrollY;
    this.movedAtMs = performance.now();
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => this.scheduleDraw(), REST_MS);
    this.scheduleDraw();
  }

  draw() {
    this.frame = 0;
    const { phrases } = this.history;
    const anchor = this.isFollowing ? null : (this.target ?? this.findAnchor());
    this.target = null;
    this.isResized = false;
    const [first, last] = this.rangeAround(anchor);
    this.nodes.write(first, last, this.tracks);
    this.heights.measure(phrases.slice(first, last), phrases.length - 1);
    this.below.style.height = `${this.heights.sum(phrases, last, phrases.length)}px`;
    if (this.isFollowing) {
      this.setAbove(this.heights.sum(phrases, 0, first));
      this.scrollToY(document.documentElement.scrollHeight);
    } else if (anchor) {
      this.keepPlace(anchor, first);
      this.lastAnchor = this.firstVisible;
    }
    this.onDraw();
  }

  /** Return the phrase to keep in its place; after a change of size, the one kept before the change. */
  findAnchor() {
    if (this.isResized && this.lastAnchor?.phrase.node) return this.lastAnchor;
    return this.firstVisible ?? this.heights.phraseAt(this.history.phrases, this.above.getBoundingClientRect().top);
  }

  get firstVisible() {
    return this.nodes.firstBelow(this.header.getBoundingClientRect().bottom);
  }

  /**
   * Return the range of phrases for the document: around the anchor, or up to the newest.
   * @param {Anchor | null} anchor
   */
  rangeAround(anchor) {
    const { phrases } = this.history;
    const reach = SCREENS * innerHeight;
    let first = anchor ? anchor.phrase.index : phrases.length;
    let last = first;
    let down = anchor ? reach + innerHeight : 0;
    while (last < phrases.length && down > 0) down -= this.heights.of(phrases[last++]);
    // at the end of the text everything is above
    let up = this.isFollowing ? reach + innerHeight : reach + Math.max(0, down);
    while (first > 0 && up > 0) up -= this.heights.of(phrases[--first]);
    return this.isSelecting ? this.withSelected(first, last) : [first, last];
  }

  /**
   * Extend a range by what is in the document now, so that a selection stays, up to a limit.
   * @param {number} first
   * @param {number} last
   */
  withSelected(first, last) {
    const shown = this.nodes.range ?? { first, last: last - 1 };
    const [from, to] = [Math.min(first, shown.first), Math.max(last, shown.last + 1)];
    return to - from > SELECTED_MAX ? [first, last] : [from, to];
  }

  /**
   * Keep the anchor in its place: by the height above while the page scrolls, exactly when it is still.
   * @param {Anchor} anchor
   * @param {number} first
   */
  keepPlace(anchor, first) {
    const { node } = anchor.phrase;
    const moved = node ? node.getBoundingClientRect().top - anchor.top : 0;
    const kept = this.aboveHeight - moved;
    const due = this.heights.sum(this.history.phrases, 0, first);
    const isResting = performance.now() - this.movedAtMs >= REST_MS - 20;
    const isFar = Math.abs(kept - due) > 3 * innerHeight || (first > 0 && kept < innerHeight);
    if (first === 0 || isResting || isFar) {
      this.setAbove(due);
      if (Math.abs(due - kept) >= 1) this.scrollToY(scrollY + due - kept);
    } else {
      this.setAbove(kept);
    }
  }

  /** @param {number} height */
  setAbove(height) {
    if (this.aboveHeight === height) return;
    this.aboveHeight = height;
    this.above.style.height = `${height}px`;
  }

  /** @param {number} top */
  scrollToY(top) {
    scrollTo({ top, behavior: "instant" });
    this.lastY = scrollY;
  }
}
