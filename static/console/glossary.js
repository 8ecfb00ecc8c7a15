// @ts-check
// The glossary, edited while people speak. Errors and changes made elsewhere never lose what is typed.

import { find, setText } from "../room/page.js";
import { fetchPart } from "./parts.js";
import { StatusLine } from "./status_line.js";

/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @param {string} text */
const withPlainBreaks = (text) => text.replace(/\r\n?/g, "\n");

/** The end of a line that fixes a translation: `term => translation [en, fr]`, `term = keep`. */
const FIXED = /=>\s*[^[]*[^[\s]\s*\[[\p{L}][^[\]]*\]$|(?<![=<>!])=\s*keep(\s*\[[^[\]]*\])?$/iu;

/**
 * Count a glossary's entries as the service reads them: a deletion is a correction, a fixed translation a term too.
 * @param {string} text
 */
export function countEntries(text) {
  const terms = new Set();
  const corrections = new Set();
  let translations = 0;
  for (const line of text.split("\n")) {
    const content = line.split("#", 1)[0].trim();
    const isFixed = FIXED.test(content);
    if (isFixed) translations += 1;
    if (isFixed) terms.add(content.split(/=>|=/, 1)[0].trim());
    else if (content.includes("=>")) corrections.add(content.split("=>", 1)[0].trim());
    else if (content) terms.add(content);
  }
  return { terms: terms.size, corrections: corrections.size, translations };
}

/**
 * @param {number} count
 * @param {string} noun
 */
const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

export class Glossary {
  /** Terms in the prompt of the latest decode. */
  used = 0;
  /** @type {string | null} The saved glossary that the text began with. */
  base = null;
  /** @type {string | null} A newer saved glossary, while the text has changes that are not saved. */
  theirs = null;
  status = new StatusLine(find("glossary-report"));
  input = find("glossary", HTMLTextAreaElement);

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
    this.input.addEventListener("input", () => this.render());
    this.input.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.save();
    });
    find("glossary-save").addEventListener("click", () => this.save());
    find("glossary-discard").addEventListener("click", () => this.discardChanges());
    addEventListener("beforeunload", (event) => {
      if (this.isChanged) event.preventDefault();
    });
  }

  get isChanged() {
    return this.base !== null && this.input.value !== this.base;
  }

  /** @param {RoomView} view */
  show({ settings, status }) {
    this.used = Math.max(0, ...status.sources.map((source) => source.n_terms_used));
    const saved = withPlainBreaks(settings.glossary);
    if (saved === this.base) this.theirs = null;
    else if (this.isChanged && saved !== this.input.value) this.theirs = saved;
    else {
      const isNew = this.base !== null && saved !== this.input.value;
      if (isNew) this.status.done("The glossary was changed elsewhere; showing the new version.");
      this.take(saved);
    }
    this.render();
  }

  /** @param {string} saved */
  take(saved) {
    this.base = saved;
    this.theirs = null;
    if (this.input.value !== saved) this.input.value = saved;
  }

  render() {
    const isConflict = this.theirs !== null;
    find("glossary-discard").hidden = !isConflict;
    setText(find("glossary-save").firstChild, isConflict ? "Overwrite with mine " : "Save ");
    const unsaved = this.isChanged ? "Not saved yet." : "";
    setText(find("glossary-state"), isConflict ? "Changed elsewhere in the meantime; yours is not saved." : unsaved);
    const { terms, corrections, translations } = countEntries(this.input.value);
    const fixed = translations ? `, ${counted(translations, "fixed translation")}` : "";
    const size = `${counted(terms, "term")}, ${counted(corrections, "correction")}${fixed}.`;
    const used = this.used ? ` ${counted(this.used, "term")} used for the latest words.` : "";
    setText(find("glossary-count"), terms + corrections ? size + used : "");
    find("glossary-state").classList.toggle("warning", isConflict || this.isChanged);
  }

  /** Save, unless the glossary was changed elsewhere and the operator does not know yet. */
  save() {
    const known = this.theirs;
    return this.status.run(async () => {
      const found = withPlainBreaks((await this.room.rest.send("GET", "")).glossary);
      if (found !== this.base && found !== known) {
        this.theirs = found;
        this.render();
        throw new Error(
          "Not saved: the glossary was changed elsewhere in the meantime. Overwrite it with yours, or discard your changes.",
        );
      }
      const sent = this.input.value;
      const saved = withPlainBreaks((await this.room.patch({ glossary: sent })).glossary);
      // what was typed during the request is not saved yet
      if (this.input.value === sent) this.input.value = saved;
      this.base = saved;
      this.theirs = null;
      this.render();
      return "Saved. It applies to what is said from now on.";
    });
  }

  discardChanges() {
    this.take(this.theirs ?? "");
    this.status.done("Showing the saved glossary.");
    this.render();
    this.input.focus();
  }
}

/**
 * Fill the panel of the glossary.
 * @param {RoomWatcher} room
 * @param {HTMLElement} details
 */
export async function openGlossary(room, details) {
  details.lastElementChild?.before(...(await fetchPart("glossary")));
  return new Glossary(room);
}
