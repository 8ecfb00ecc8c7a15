// Shows the phrases near what is being read; all others are height. Nothing moves under the eye when text comes or goes.

import { textOf, write } from "./phrase_view.js";

const SCREENS = 1.5;
const SELECTED_MAX = 1500;
const NEAR_PX = 40;
const REST_MS = 200;
const ENOUGH = 10000;

export class Reading {
  /** `onMove(isFollowing)` hears when the reader leaves or returns to the newest words, `onDraw()` that the page is drawn. */
  constructor({ history, list, above, below, header, onMove, onDraw }) {
    Object.assign(this, {
      history,
      list,
      above,
      below,
      header,
      onMove,
      onDraw,
      tracks: ["original"],
      isFollowing: true,
    });
    Object.assign(this, {
      viewHeight: innerHeight,
      stale: new Set(),
      aboveHeight: 0,
      frame: 0,
      lastY: 0,
      moved: 0,
      perChar: 1.2,
      guessed: 0,
    });
    addEventListener("scroll", () => this.onScroll(), { passive: true });
    new ResizeObserver(() => this.measureAnew()).observe(list);
    new ResizeObserver(() => this.onHeader()).observe(header);
    addEventListener("resize", () => this.plan());
    document.addEventListener("selectionchange", () => {
      if (this.isSelecting) this.follow(false);
    });
  }

  /** Draw before the next picture; the given phrase is written anew. */
  plan(phrase = null) {
    if (phrase) this.stale.add(phrase);
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  show(tracks) {
    this.tracks = tracks;
    for (const phrase of this.history.phrases) if (phrase.node) this.stale.add(phrase);
    this.forgetHeights();
  }

  clear() {
    this.list.replaceChildren();
    this.stale.clear();
    this.setAbove(0);
    this.follow(true);
    this.plan();
  }

  /** Another width or size of the text: what was measured holds no longer. */
  measureAnew() {
    if (this.width === this.list.clientWidth) return;
    this.width = this.list.clientWidth;
    this.forgetHeights();
  }

  forgetHeights() {
    this.guessed = 0;
    this.isAnew = true;
    for (const phrase of this.history.phrases) {
      if (phrase.node) phrase.node.style.minBlockSize = "";
      Object.assign(phrase, { isMeasured: false, length: null, floor: 0 });
    }
    this.plan();
  }

  /** A message came over the text or went: the text stays where it is. */
  onHeader() {
    const grown = this.header.offsetHeight - (this.headerHeight ?? this.header.offsetHeight);
    this.headerHeight = this.header.offsetHeight;
    if (grown && !this.isFollowing) this.scroll(scrollY + grown);
    this.plan();
  }

  follow(isFollowing) {
    if (this.isFollowing === isFollowing) return;
    this.isFollowing = isFollowing;
    this.onMove(isFollowing);
  }

  jumpToLive() {
    getSelection().removeAllRanges();
    this.follow(true);
    this.plan();
  }

  get isSelecting() {
    const selection = getSelection();
    return !selection.isCollapsed && this.list.contains(selection.anchorNode);
  }

  onScroll() {
    const page = document.documentElement;
    const left = page.scrollHeight - innerHeight - scrollY;
    if (scrollY < this.lastY) {
      if (left > 1 && this.viewHeight === innerHeight) this.follow(false);
    } else if (scrollY > this.lastY && left <= NEAR_PX && !this.isSelecting) {
      this.follow(true);
    }
    this.viewHeight = innerHeight;
    this.lastY = scrollY;
    this.moved = performance.now();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.plan(), REST_MS);
    this.plan();
  }

  heightOf(phrase) {
    if (phrase.isMeasured) return phrase.height;
    phrase.length ??= this.tracks.reduce((sum, track) => sum + textOf(phrase.captions.get(track)).length, 0);
    return phrase.length && (phrase.length + 20) * this.perChar;
  }

  sum(first, last) {
    let height = 0;
    for (let i = first; i < last; i++) height += this.heightOf(this.history.phrases[i]);
    return height;
  }

  draw() {
    this.frame = 0;
    const { phrases } = this.history;
    // what another size has moved belongs where it was before
    const anchor = this.isFollowing
      ? null
      : this.isAnew && this.held?.phrase.node
        ? this.held
        : (this.anchor() ?? this.landing());
    this.isAnew = false;
    const [first, last] = this.range(anchor);
    this.rewrite(first, last);
    this.measure(first, last);
    this.below.style.height = `${this.sum(last, phrases.length)}px`;
    if (this.isFollowing) {
      this.setAbove(this.sum(0, first));
      this.scroll(document.documentElement.scrollHeight);
    } else if (anchor) {
      this.hold(anchor, first);
      this.held = this.anchor();
    }
    this.onDraw();
  }

  /** The first phrase in sight, and where it stands. */
  anchor() {
    const top = this.header.getBoundingClientRect().bottom;
    for (const node of this.list.children) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top) return box.top < innerHeight ? { phrase: node.phrase, top: box.top } : null;
    }
    return null;
  }

  /** The phrase that belongs where the page was moved to, far from all that is in the document. */
  landing() {
    const { phrases } = this.history;
    let top = this.above.getBoundingClientRect().top;
    let i = 0;
    while (i < phrases.length - 1 && top + this.heightOf(phrases[i]) < 0) top += this.heightOf(phrases[i++]);
    return phrases.length ? { phrase: phrases[i], top } : null;
  }

  /** Which phrases should be in the document, around the anchor or from the end. */
  range(anchor) {
    const { phrases } = this.history;
    const reach = SCREENS * innerHeight;
    let [first, last] = [phrases.length, phrases.length];
    let down = 0;
    if (anchor) {
      first = last = anchor.phrase.index;
      down = reach + innerHeight;
    }
    while (last < phrases.length && down > 0) down -= this.heightOf(phrases[last++]);
    // at the end of the text all screens stand above
    let up = this.isFollowing ? reach + innerHeight : reach + Math.max(0, down);
    while (first > 0 && up > 0) up -= this.heightOf(phrases[--first]);
    return this.isSelecting ? this.withSelected(first, last) : [first, last];
  }

  /** What is selected stays in the document, up to a limit. */
  withSelected(first, last) {
    const [top, bottom] = [
      this.list.firstElementChild?.phrase.index ?? first,
      (this.list.lastElementChild?.phrase.index ?? last - 1) + 1,
    ];
    const [from, to] = [Math.min(first, top), Math.max(last, bottom)];
    return to - from > SELECTED_MAX ? [first, last] : [from, to];
  }

  rewrite(first, last) {
    const { phrases } = this.history;
    for (const node of [...this.list.children]) {
      const { phrase } = node;
      if (phrases[phrase.index] === phrase && phrase.index >= first && phrase.index < last) continue;
      node.remove();
      phrase.node = null;
      phrase.floor = 0;
    }
    let next = this.list.firstElementChild;
    for (let i = first; i < last; i++) {
      const phrase = phrases[i];
      const isNew = !phrase.node;
      if (isNew) {
        phrase.node = document.createElement("div");
        phrase.node.className = "phrase";
        phrase.node.phrase = phrase;
      }
      if (isNew || this.stale.has(phrase)) {
        write(phrase.node, phrase, this.tracks, this.isTurn(phrase));
        Object.assign(phrase, { isMeasured: false, length: null });
      }
      if (isNew) this.list.insertBefore(phrase.node, next);
      else next = phrase.node.nextElementSibling;
    }
    for (const phrase of this.stale) if (!phrase.node) Object.assign(phrase, { isMeasured: false, length: null });
    this.stale.clear();
  }

  /** Whether somebody else speaks than in the phrase before. */
  isTurn(phrase) {
    const speaker = (which) => which?.captions.values().next().value?.speaker ?? null;
    return speaker(phrase) !== null && speaker(phrase) !== speaker(this.history.phrases[phrase.index - 1]);
  }

  measure(first, last) {
    const { phrases } = this.history;
    const fresh = phrases.slice(first, last).filter((phrase) => !phrase.isMeasured);
    for (const phrase of fresh) {
      phrase.height = phrase.node.getBoundingClientRect().height;
      phrase.isMeasured = true;
      if (phrase.height && this.guessed < ENOUGH) {
        this.guessed += phrase.node.textContent.length + 20;
        this.perChar += (phrase.height - this.perChar * (phrase.node.textContent.length + 20)) / this.guessed;
      }
    }
    // the last phrase does not shrink as grey words come and go, or all that is above would bob up and down
    for (const phrase of phrases.slice(first, last)) {
      const isLast = phrase.index === phrases.length - 1;
      const floor =
        phrase.height && (phrase.isOpen || (isLast && phrase.floor)) ? Math.max(phrase.floor, phrase.height) : 0;
      if (floor === phrase.floor) continue;
      phrase.floor = floor;
      phrase.node.style.minBlockSize = floor ? `${floor}px` : "";
      if (!floor) phrase.height = phrase.node.getBoundingClientRect().height;
    }
  }

  /** Keep the anchor where it was: by the height above while the page moves, and to the pixel once it rests. */
  hold(anchor, first) {
    const node = anchor.phrase.node;
    const moved = node ? node.getBoundingClientRect().top - anchor.top : 0;
    const held = this.aboveHeight - moved;
    const due = this.sum(0, first);
    const isResting = performance.now() - this.moved >= REST_MS - 20;
    const isFar = Math.abs(held - due) > 3 * innerHeight || (first > 0 && held < innerHeight);
    if (first === 0 || isResting || isFar) {
      this.setAbove(due);
      if (Math.abs(due - held) >= 1) this.scroll(scrollY + due - held);
    } else {
      this.setAbove(held);
    }
  }

  setAbove(height) {
    if (this.aboveHeight === height) return;
    this.aboveHeight = height;
    this.above.style.height = `${height}px`;
  }

  scroll(top) {
    scrollTo({ top, behavior: "instant" });
    this.lastY = scrollY;
  }
}
