// @ts-check
// The glossary, edited while people speak. What is typed is never lost, not to an error and not to another's change.

import { find, setText } from "../room/page.js";
import { StatusLine } from "./status_line.js";

/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @param {string} text */
const withPlainBreaks = (text) => text.replace(/\r\n?/g, "\n");

export class Glossary {
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
    find("glossary-drop").addEventListener("click", () => this.takeTheirs());
    addEventListener("beforeunload", (event) => {
      if (this.isChanged) event.preventDefault();
    });
  }

  get isChanged() {
    return this.base !== null && this.input.value !== this.base;
  }

  /** @param {RoomView} view */
  show({ settings }) {
    const saved = withPlainBreaks(settings.glossary);
    if (saved === this.base) this.theirs = null;
    else if (this.isChanged && saved !== this.input.value) this.theirs = saved;
    else {
      const isNew = this.base !== null && saved !== this.input.value;
      if (isNew) this.status.done("The glossary was changed elsewhere; this is the new one.");
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
    find("glossary-drop").hidden = !isConflict;
    setText(find("glossary-save").firstChild, isConflict ? "Save mine over it " : "Save ");
    const unsaved = this.isChanged ? "Not saved yet." : "";
    setText(find("glossary-state"), isConflict ? "Changed elsewhere meanwhile; yours is not saved." : unsaved);
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
          "Not saved: the glossary was changed elsewhere meanwhile. Save yours over it, or take the saved one.",
        );
      }
      const sent = this.input.value;
      const saved = withPlainBreaks((await this.room.patch({ glossary: sent })).glossary);
      // what was typed during the request is not saved yet
      if (this.input.value === sent) this.input.value = saved;
      this.base = saved;
      this.theirs = null;
      this.render();
      return "Saved. It is used from the next decode on.";
    });
  }

  takeTheirs() {
    this.take(this.theirs ?? "");
    this.status.done("This is the saved one.");
    this.render();
    this.input.focus();
  }
}
