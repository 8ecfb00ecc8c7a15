// @ts-check
// The live text, phrase by phrase with the tracks side by side, and the operator's actions on it.

import { find } from "../room/page.js";
import { CorrectionHistory } from "./correction_history.js";
import { LiveView } from "./live_view.js";
import { PhraseKeys } from "./phrase_keys.js";
import { isWordless } from "./phrase_row.js";
import { PhraseRows } from "./phrase_rows.js";
import { StatusLine } from "./status_line.js";
import { TrackColumns } from "./track_columns.js";

/** @import { Caption } from "../room/messages" */
/** @import { RoomRest } from "../room/rest.js" */
/** @import { DoubtWalk } from "./doubt_walk.js" */
/** @import { PhraseRow, RowActions } from "./phrase_row.js" */
/** @import { PhraseText } from "./phrase_text.js" */

const ROWS_MAX = 300;
const EARLIER_MAX = 500;
const PAGE = 200;
const FORGOTTEN = "The service no longer has this phrase. Copy what you typed if you need it, then cancel.";

export class PhraseList {
  status = new StatusLine(find("text-report"));
  rows = new PhraseRows();
  /** @type {DoubtWalk | null} Loaded when it is needed first. */
  doubts = null;
  scroller = find("scroll");

  /**
   * @param {RoomRest} rest
   * @param {(label: string) => void} onName Called when the operator chooses the name of a speaker.
   */
  constructor(rest, onName) {
    this.rest = rest;
    this.onName = onName;
    this.corrections = new CorrectionHistory(rest);
    this.columns = new TrackColumns(() => this.arrange());
    this.keys = new PhraseKeys(this);
    this.live = new LiveView(this);
    /** @type {RowActions} */
    this.actions = {
      correct: (text, base, typed) => this.correct(text, base, typed),
      restore: (text) => this.status.run(() => this.corrections.restore(text)),
      withdraw: (text) => this.corrections.withdraw(text),
      edit: (row) => this.edit(row),
      withdrawRow: (row) => this.withdraw(row),
      nameSpeaker: (row) => this.onName(row.speaker ?? ""),
      onEditorClosed: (text, cameFrom) => this.onEditorClosed(text, cameFrom),
    };
    find("earlier").addEventListener("click", () => this.status.run(() => this.loadEarlier()));
    find("correct-last").addEventListener("click", () => this.correctLast());
    find("next-doubt").addEventListener("click", () => this.goToDoubt(-1));
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
    this.rows.showNames(row);
    if (row.isEmpty && !row.isBusy) this.rows.remove(row);
    this.live.follow();
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
      this.rows.showNames(row);
    }
    this.live.isFollowing = false;
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
    this.doubts?.select(text);
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

  /**
   * Go to the next doubtful word.
   * @param {number} step -1 for the one before, 1 for the one after.
   */
  async goToDoubt(step) {
    if (!this.doubts) {
      const { DoubtWalk } = await import("./doubt_walk.js");
      this.doubts ??= new DoubtWalk(this);
    }
    this.doubts.go(step);
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
    this.live.follow();
  }

  // -- columns

  arrange() {
    this.rows.list.style.setProperty("--columns", String(this.columns.shown.length));
    this.rows.list.classList.toggle("many", this.columns.shown.length > 2);
    for (const row of this.rows.all) row.arrange(this.columns.shown);
    this.live.layOut();
  }

  /** Write the names of speakers again, because they have changed. */
  rename() {
    for (const row of this.rows.all) this.rows.showNames(row);
  }

  trim() {
    this.rows.trim(this.live.isFollowing ? ROWS_MAX : EARLIER_MAX);
  }
}
