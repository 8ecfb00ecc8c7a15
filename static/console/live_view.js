// @ts-check
// Where the live text is scrolled to: the newest words stay in view, in the list or in a line below it.

import { find, setText } from "../room/page.js";

/** @import { PhraseList } from "./phrase_list.js" */

const NEAR_PX = 60;
const COLUMN_REM = 28; // tracks stand side by side where each has this width
const BESIDE_PX = 110; // the time, the gaps and the padding of a phrase
const NEWEST_MAX = 400;

export class LiveView {
  /** Whether the newest phrase stays visible. */
  isFollowing = true;
  /** Where the list was scrolled to last. */
  top = 0;
  scroller = find("scroll");

  /** @param {PhraseList} phrases */
  constructor(phrases) {
    this.phrases = phrases;
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    find("live").addEventListener("click", () => this.jump());
    new ResizeObserver(() => this.layOut()).observe(this.scroller);
  }

  /** Scrolling up stops following; what arrives meanwhile does not. */
  onScroll() {
    const { scrollTop } = this.scroller;
    if (this.isAtEnd) this.isFollowing = true;
    else if (scrollTop < this.top) this.isFollowing = false;
    this.top = scrollTop;
    this.showNewest();
  }

  get isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  jump() {
    this.isFollowing = true;
    this.phrases.keys.isWalking = false;
    this.scroller.focus({ preventScroll: true });
    this.phrases.trim();
    this.follow();
  }

  /** Keep the newest phrase visible, unless the operator works elsewhere in the list. */
  follow() {
    const { keys, rows } = this.phrases;
    if (this.isFollowing && !keys.isWalking && !rows.isEditing) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.showNewest();
  }

  /** Show the newest words below the list while they are not in view in it. */
  showNewest() {
    const { isAtEnd } = this;
    find("behind").hidden = isAtEnd;
    if (isAtEnd) return;
    const { rows, columns } = this.phrases;
    const text = rows.last?.textIn(columns.chosen, columns.shown);
    setText(find("newest"), (text?.line.textContent ?? "").slice(-NEWEST_MAX));
  }

  /** Fit the phrases into the list after its size or its columns have changed. */
  layOut() {
    const { list } = this.phrases.rows;
    const { clientWidth, clientHeight } = this.scroller;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const wanted = this.phrases.columns.shown.length * COLUMN_REM * rem + BESIDE_PX;
    list.classList.toggle("beside", clientWidth >= wanted);
    list.style.setProperty("--view", `${clientHeight}px`);
    this.follow();
  }
}
