// The glossary, edited while people speak. What is typed is never lost: not to an error, and not to somebody else's change.

import { Report, put } from "./status_line.js";

const find = (id) => document.getElementById(id);
const plain = (text) => text.replace(/\r\n?/g, "\n");

export class Glossary {
  constructor(room) {
    Object.assign(this, { room, base: null, theirs: null, report: new Report(find("glossary-report")) });
    this.input = find("glossary");
    this.input.addEventListener("input", () => this.render());
    this.input.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.save();
    });
    find("glossary-save").addEventListener("click", () => this.save());
    find("glossary-drop").addEventListener("click", () => this.drop());
    addEventListener("beforeunload", (event) => {
      if (this.isChanged) event.preventDefault();
    });
  }

  get isChanged() {
    return this.base !== null && this.input.value !== this.base;
  }

  show({ settings }) {
    const saved = plain(settings.glossary);
    if (saved === this.base) this.theirs = null;
    else if (this.isChanged && saved !== this.input.value) this.theirs = saved;
    else {
      if (this.base !== null && saved !== this.input.value)
        this.report.done("The glossary was changed elsewhere; this is the new one.");
      this.take(saved);
    }
    this.render();
  }

  take(saved) {
    Object.assign(this, { base: saved, theirs: null });
    if (this.input.value !== saved) this.input.value = saved;
  }

  render() {
    const isTorn = this.theirs !== null;
    find("glossary-drop").hidden = !isTorn;
    put(find("glossary-save").firstChild, isTorn ? "Save mine over it " : "Save ");
    put(
      find("glossary-state"),
      isTorn ? "Changed elsewhere meanwhile; yours is not saved." : this.isChanged ? "Not saved yet." : "",
    );
    find("glossary-state").classList.toggle("warning", isTorn || this.isChanged);
  }

  /** Save, unless it was changed elsewhere and the operator does not know yet. */
  save() {
    const knew = this.theirs;
    return this.report.of(async () => {
      const found = plain((await this.room.rest.act("GET", "")).glossary);
      if (found !== this.base && found !== knew) {
        this.theirs = found;
        this.render();
        throw new Error(
          "Not saved: the glossary was changed elsewhere meanwhile. Save yours over it, or take the saved one.",
        );
      }
      const sent = this.input.value;
      const { glossary } = await this.room.rest.act("PATCH", "", { glossary: sent });
      // what was typed while it was being saved is not saved yet
      if (this.input.value === sent) this.input.value = plain(glossary);
      Object.assign(this, { base: plain(glossary), theirs: null });
      this.room.changes += 1;
      this.render();
      return "Saved. It counts from the next decode on.";
    });
  }

  drop() {
    this.take(this.theirs);
    this.report.done("This is the saved one.");
    this.render();
    this.input.focus();
  }
}
