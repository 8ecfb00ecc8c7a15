// @ts-check
// The live text, phrase by phrase with the tracks side by side, and the operator's actions on it.

import { find } from "../room/page.js";
import { CorrectionHistory } from "./correction_history.js";
import { DoubtWalk } from "./doubt_walk.js";
import { PhraseKeys } from "./phrase_keys.js";
import { isWordless } from "./phrase_row.js";
import { PhraseRows } from "./phrase_rows.js";
import { StatusLine } from "./status_line.js";
import { TrackColumns } from "./track_columns.js";

/** @import { Caption } from "../room/messages" */
/** @import { RoomRest } from "../room/rest.js" */
/** @import { PhraseRow, RowActions } from "./phrase_row.js" */
/** @import { PhraseText } from "./phrase_text.js" */

const ROWS_MAX = 300;
const EARLIER_MAX = 500;
const PAGE = 200;
const NEAR_PX = 60;
const FORGOTTEN = "The service no longer has this phrase. Copy what you typed if you need it, then cancel.";

export class PhraseList {
  status = new StatusLine(find("text-report"));
  rows = new PhraseRows();
  scroller = find("scroll");
  /** Whether the newest phrase stays visible. */
  isFollowing = true;
  /** Where the list was scrolled to last. */
  top = 0;

  /** @param {RoomRest} rest */
  constructor(rest) {
    this.rest = rest;
    this.corrections = new CorrectionHistory(rest);
    this.columns = new TrackColumns(() => this.arrange());
    this.keys = new PhraseKeys(this);
    this.doubts = new DoubtWalk(this);
    /** @type {RowActions} */
    this.actions = {
      correct: (text, base, typed) => this.correct(text, base, typed),
      restore: (text) => this.status.run(() => this.corrections.restore(text)),
      withdraw: (text) => this.corrections.withdraw(text),
      edit: (row) => this.edit(row),
      withdrawRow: (row) => this.withdraw(row),
      onEditorClosed: (text, cameFrom) => this.onEditorClosed(text, cameFrom),
    };
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    find("live").addEventListener("click", () => this.jumpToLive());
    find("earlier").addEventListener("click", () => this.status.run(() => this.loadEarlier()));
    find("correct-last").addEventListener("click", () => this.correctLast());
    find("next-doubt").addEventListener("click", () => this.doubts.go(-1));
  }

  // -- messages of the service

  /** @param {Caption} caption */
  receive(caption) {
    let row = this.rows.byPhrase.get(caption.phrase);
    if (!row) {
      if (isWordless(caption)) return;
      row = this.rows.add(caption, this.actions);
      this.trim();
    }
    row.isStale = false;
    row.show(caption, this.columns.shown);
    if (row.isEmpty && !row.isBusy) this.rows.remove(row);
    this.follow();
  }

  /** Remove the phrases that the snapshot, which follows at once, does not contain; keep what the operator is typing. */
  refresh() {
    for (const row of this.rows.all) row.isStale = true;
    queueMicrotask(() => {
      for (const row of this.rows.all) if (row.isStale) this.removeStale(row);
    });
  }

  /** @param {PhraseRow} row */
  removeStale(row) {
    const typing = [...row.texts.values()].filter(({ isBusy }) => isBusy);
    if (typing.length) {
      for (const text of typing) text.edit(undefined, FORGOTTEN);
      return;
    }
    if (row.node.contains(document.activeElement)) this.scroller.focus();
    this.rows.remove(row);
  }

  async loadEarlier() {
    const captions = this.rows.all.flatMap((row) => [...row.texts.values()].map(({ caption }) => caption));
    const before = Math.min(Number.MAX_SAFE_INTEGER, ...captions.flatMap(({ seq }) => seq || []));
    /** @type {{ captions: Caption[], is_all: boolean }} */
    const page = await this.rest.send("GET", `/captions?before=${before}&limit=${PAGE}`);
    const height = this.scroller.scrollHeight;
    const { size } = this.rows;
    for (const caption of page.captions) {
      const row = this.rows.byPhrase.get(caption.phrase) ?? this.rows.add(caption, this.actions);
      if (!row.texts.has(caption.track)) row.show(caption, this.columns.shown);
    }
    this.isFollowing = false;
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
    find("earlier").hidden = page.is_all || this.rows.size >= EARLIER_MAX;
    const added = this.rows.size - size;
    return added ? `${added} earlier phrases are shown.` : "There are no earlier phrases.";
  }

  // -- actions of the operator

  /**
   * Return the text of a row that keys and buttons act on.
   * @param {PhraseRow} row
   */
  textOf(row) {
    return row.textIn(this.columns.chosen, this.columns.shown);
  }

  /** @param {PhraseRow} row */
  edit(row) {
    const text = this.textOf(row);
    text?.edit();
    this.doubts.select(text);
  }

  /**
   * Send what was typed in an editor; throws a sentence if it was refused.
   * @param {PhraseText} text
   * @param {string} base
   * @param {string} typed
   */
  async correct(text, base, typed) {
    const sentence = await this.corrections.correct(text, base, typed);
    this.status.done(sentence);
    return sentence;
  }

  /** @param {PhraseRow} row */
  withdraw(row) {
    return this.status.run(async () => {
      const text = this.textOf(row);
      if (!text) return "There is no text to withdraw.";
      if (text.isOpen) {
        text.wait(text.caption.committed, null);
        return "The phrase will be withdrawn when it ends.";
      }
      if (text.caption.state === "withdrawn") return "This phrase is already withdrawn. Z undoes it.";
      await this.corrections.withdraw(text);
      row.focus();
      return "Withdrawn on every page. Z undoes it.";
    });
  }

  undo() {
    return this.status.run(() => this.corrections.undo());
  }

  correctLast() {
    const last = this.rows.newestFirst.find((row) => this.textOf(row)?.committed);
    if (last) this.edit(last);
    else this.status.done("Nothing has been said yet.");
  }

  /** Edit the newest translation that is outdated. */
  correctOutdated() {
    const texts = this.rows.newestFirst.flatMap((row) => [...row.texts.values()]);
    const outdated = texts.find(
      ({ caption, node }) => caption.is_outdated && caption.state !== "withdrawn" && !node.hidden,
    );
    if (outdated) outdated.edit();
    else this.status.done("No translation is outdated.");
  }

  /**
   * Give the focus back after an editor has closed, unless the operator has moved on meanwhile.
   * @param {PhraseText} text
   * @param {Element | null} cameFrom What had the focus when the editor was opened.
   */
  onEditorClosed(text, cameFrom) {
    const row = this.rows.byPhrase.get(text.caption.phrase);
    if (row?.isStale) this.rows.remove(row);
    if (document.activeElement === document.body) {
      if (row && cameFrom?.isConnected && row.node.contains(cameFrom)) {
        this.columns.chosen = text.track;
        row.focus();
      } else if (cameFrom instanceof HTMLElement && cameFrom.isConnected && cameFrom !== document.body) {
        cameFrom.focus({ preventScroll: true });
      } else {
        this.scroller.focus({ preventScroll: true });
      }
    }
    this.follow();
  }

  // -- columns and scrolling

  arrange() {
    this.rows.list.style.setProperty("--columns", String(this.columns.shown.length));
    for (const row of this.rows.all) row.arrange(this.columns.shown);
    this.follow();
  }

  /** Scrolling up stops following; what arrives meanwhile does not. */
  onScroll() {
    const { scrollTop } = this.scroller;
    if (this.isAtEnd) this.isFollowing = true;
    else if (scrollTop < this.top) this.isFollowing = false;
    this.top = scrollTop;
    find("live").hidden = this.isAtEnd;
  }

  get isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  jumpToLive() {
    this.isFollowing = true;
    this.keys.isWalking = false;
    this.scroller.focus({ preventScroll: true });
    this.trim();
    this.follow();
  }

  /** Keep the newest phrase visible, unless the operator works elsewhere. */
  follow() {
    const isFree = !this.keys.isWalking && !this.rows.isEditing;
    if (this.isFollowing && isFree) this.scroller.scrollTop = this.scroller.scrollHeight;
    find("live").hidden = this.isAtEnd;
  }

  trim() {
    this.rows.trim(this.isFollowing ? ROWS_MAX : EARLIER_MAX);
  }
}
