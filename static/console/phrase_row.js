// @ts-check
// One phrase on the console: a row with a text for each track.

import { repeats } from "../room/captions.js";
import { clone, query, setText } from "../room/page.js";
import { PhraseText } from "./phrase_text.js";

/** @import { Caption } from "../room/messages" */
/** @import { TextActions } from "./phrase_text.js" */

/**
 * @typedef {Omit<TextActions, "onEditing"> &
 *   { edit(row: PhraseRow): void, withdrawRow(row: PhraseRow): void, nameSpeaker(row: PhraseRow): void }} RowActions
 * What a row calls.
 */

/**
 * Return a time of the talk, such as 1:02:03.
 * @param {number} seconds
 */
export function formatClock(seconds) {
  const [s, m, h] = [Math.floor(seconds % 60), Math.floor(seconds / 60) % 60, Math.floor(seconds / 3600)];
  return `${h ? `${h}:${String(m).padStart(2, "0")}` : m}:${String(s).padStart(2, "0")}`;
}

export class PhraseRow {
  /** @type {Map<string, PhraseText>} */
  texts = new Map();
  /** @type {string | null} The label of who said it. */
  speaker = null;
  /** Whether the service may have forgotten the phrase. */
  isStale = false;
  /** @type {string[]} The tracks that are shown. */
  columns = [];

  /**
   * @param {Pick<Caption, "phrase" | "start_s">} caption
   * @param {RowActions} actions
   */
  constructor({ phrase, start_s: startS }, actions) {
    this.phrase = phrase;
    this.startS = startS;
    this.actions = { ...actions, onEditing: () => this.markEditing() };
    this.node = clone("phrase");
    this.node.dataset.phrase = phrase;
    this.place = query(this.node, ".texts");
    this.name = query(this.node, ".speaker");
    this.name.addEventListener("click", () => actions.nameSpeaker(this));
    setText(this.node.querySelector(".time"), formatClock(startS));
    query(this.node, ".correct").addEventListener("click", () => actions.edit(this));
    query(this.node, ".withdraw").addEventListener("click", () => actions.withdrawRow(this));
  }

  get isEditing() {
    return [...this.texts.values()].some(({ editor }) => editor);
  }

  /** Whether the row must stay, because the operator works in it. */
  get isBusy() {
    return this.node.contains(document.activeElement) || [...this.texts.values()].some(({ isBusy }) => isBusy);
  }

  get isEmpty() {
    return [...this.texts.values()].every(({ caption }) => isWordless(caption));
  }

  /**
   * @param {Caption} caption
   * @param {string[]} columns
   */
  show(caption, columns) {
    let text = this.texts.get(caption.track);
    if (!text) {
      text = new PhraseText(caption, this.texts, this.actions);
      this.texts.set(caption.track, text);
      this.place.append(text.node);
      this.node.title = caption.speaker ? `${caption.speaker}, ${caption.source}` : caption.source;
      this.arrange(columns);
    }
    text.show(caption);
    this.speaker = caption.speaker;
    this.markRepeats();
  }

  /**
   * Show the name of the speaker before the texts, or with "" none.
   * @param {string} name
   */
  showName(name) {
    setText(this.name, name);
    this.name.hidden = !name;
    this.name.toggleAttribute("disabled", !this.speaker); // nobody to give a name to
  }

  /**
   * Put the texts into the columns of the tracks that are shown.
   * @param {string[]} columns
   */
  arrange(columns) {
    this.columns = columns;
    for (const [track, { node }] of this.texts) {
      const column = columns.indexOf(track);
      node.hidden = column < 0;
      node.style.order = String(column);
      node.style.setProperty("--column", String(column + 1));
    }
    this.markRepeats();
  }

  /** Mark the texts that only repeat the first one; they are shown once they are chosen or corrected. */
  markRepeats() {
    const [first, ...others] = this.columns.flatMap((track) => this.texts.get(track) ?? []);
    first?.node.classList.remove("same");
    for (const text of others) {
      text.node.classList.toggle("same", !text.isBusy && repeats(first.caption, text.caption));
    }
  }

  /**
   * Return the text of the chosen column, otherwise of the first column that has one.
   * @param {string} column
   * @param {string[]} columns
   */
  textIn(column, columns) {
    return this.texts.get(column) ?? columns.map((track) => this.texts.get(track)).find(Boolean);
  }

  markEditing() {
    this.markRepeats();
    this.node.classList.toggle("busy", this.isEditing);
    // in a narrow window an editor takes the place of the panels
    document.body.classList.toggle("is-editing", document.querySelector(".correction") !== null);
  }

  focus() {
    this.node.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "nearest" });
  }
}

/**
 * Whether a caption is open and has no words yet.
 * @param {Caption} caption
 */
export const isWordless = ({ state, committed, tentative }) => state === "open" && !committed && !tentative;
