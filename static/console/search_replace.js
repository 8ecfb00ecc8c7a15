// @ts-check
// Replaces what a search has found, after the operator has seen what each text becomes.

import { find, setText } from "../room/page.js";
import { addToGlossary } from "./glossary_entry.js";
import { counted, placeOf } from "./search_results.js";

/** @import { Glossary } from "./glossary.js" */
/** @import { Search } from "./search.js" */
/** @import { Row } from "./search_results.js" */

const PLACES_MAX = 150; // as in app/web/search_schemas.py

export class Replacer {
  replacement = find("search-replacement", HTMLInputElement);
  deletes = find("search-delete", HTMLInputElement);
  /** What was replaced last, for the glossary. */
  last = { wrong: "", right: "" };

  /**
   * @param {Search} search
   * @param {Glossary} glossary
   */
  constructor(search, glossary) {
    this.search = search;
    this.glossary = glossary;
    this.replacement.addEventListener("input", () => search.render());
    this.deletes.addEventListener("change", () => search.render());
    find("search-replace").addEventListener("click", () => this.replace(null));
    find("search-undo").addEventListener("click", () => this.undo());
    find("search-glossary").addEventListener("click", () => this.addToGlossary());
  }

  /** Whether the texts that are found are to change. */
  get isChanging() {
    return this.deletes.checked || this.replacement.value.trim() !== "";
  }

  /** What replaces the matches. */
  get right() {
    return this.deletes.checked ? "" : this.replacement.value.trim();
  }

  /** Show what each text becomes, and the button that changes them. */
  render() {
    const { found, results } = this.search;
    this.replacement.disabled = this.deletes.checked;
    results.preview(this.right, this.isChanging);
    const button = find("search-replace");
    const n = (found?.n_texts ?? 0) - results.left.length;
    button.hidden = !this.isChanging || !n;
    setText(button, `${this.deletes.checked ? "Delete" : "Replace"} in ${counted(n, "text")}`);
    button.classList.toggle("danger", this.deletes.checked);
  }

  /**
   * Replace what is found, except where the operator has removed the tick.
   * @param {Row[] | null} rows Only these texts; null for all.
   */
  replace(rows) {
    const { right, search } = this;
    const { found, results, phrases, room, status } = search;
    const wrong = search.text.value.trim();
    return status.run(async () => {
      if (!found) return "";
      if (!search.isUpToDate) {
        await search.search();
        throw new Error("Nothing is changed yet: the list was of an earlier search. Check the new one, then replace.");
      }
      const { left } = results;
      const isAll = !rows && !left.length;
      const isShort = left.length <= PLACES_MAX;
      const chosen = rows?.map(placeOf) ?? results.chosen;
      if (!isAll && !isShort && (chosen.length > PLACES_MAX || found.n_texts > results.size)) {
        throw new Error(
          `Expected at most ${PLACES_MAX} texts without a tick, but got ${left.length}. Search for less.`,
        );
      }
      const places = isAll ? {} : !rows && isShort ? { skip: left } : { only: chosen };
      const { epoch, up_to_seq: upToSeq } = found;
      const body = { ...search.wanted, replacement: right, epoch, up_to_seq: upToSeq, ...places };
      status.show("Changing the texts …", "");
      /** @type {{ id: string | null, n_replaced: number, n_changed_meanwhile: number }} */
      const done = await room.rest.send("POST", "/replacements", body);
      if (done.id) phrases.corrections.rememberReplacement(done.id);
      search.forget(found, rows);
      this.offerMore(Boolean(done.id), wrong, right);
      const kept = done.n_changed_meanwhile
        ? ` Left as it is, because it changed meanwhile: ${counted(done.n_changed_meanwhile, "text")}.`
        : "";
      return `Changed ${counted(done.n_replaced, "text")} on every page.${kept}`;
    });
  }

  /**
   * Offer to undo the replacement, and to have the glossary correct what is said from now on.
   * @param {boolean} isUndoable
   * @param {string} wrong
   * @param {string} right
   */
  offerMore(isUndoable, wrong, right) {
    this.last = { wrong, right };
    find("search-after").hidden = false;
    find("search-undo").hidden = !isUndoable;
    find("search-glossary").hidden = !right;
    setText(find("search-glossary"), `Add “${wrong} => ${right}” to the glossary`);
    (isUndoable ? find("search-undo") : this.search.text).focus();
  }

  async undo() {
    const isDone = await this.search.status.run(() => this.search.phrases.corrections.undo());
    if (!isDone) return;
    find("search-after").hidden = true;
    this.search.text.focus();
  }

  async addToGlossary() {
    const { wrong, right } = this.last;
    if (!(await this.search.status.run(() => addToGlossary(this.glossary, wrong, right)))) return;
    find("search-glossary").hidden = true;
    this.search.text.focus();
  }
}
