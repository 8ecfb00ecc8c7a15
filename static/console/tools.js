// @ts-check
// Opens what the console loads on demand: the search, the form for a word of the glossary, more prepared messages.

import { openSearch } from "./search.js";
import { loadTemplates } from "./templates.js";
import { loadWordEntry } from "./word_entry.js";

/** @import { FoldedPanel } from "./folded_panel.js" */
/** @import { Glossary } from "./glossary.js" */
/** @import { PhraseList } from "./phrase_list.js" */
/** @import { RoomWatcher } from "./room_watcher.js" */

/** @typedef {{ glossary: FoldedPanel<Glossary>, phrases: PhraseList, room: RoomWatcher }} Parts What the tools work on. */

/** @type {Tools | null} */
let tools = null;

/** All methods throw if the service does not answer. */
export class Tools {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /**
   * Return the tools of the page, which has one console.
   * @param {Parts} parts
   */
  static for(parts) {
    tools ??= new Tools(parts);
    return tools;
  }

  /** Return the glossary, loaded although its panel may be folded. */
  async getGlossary() {
    const { glossary } = this.parts;
    await glossary.fill();
    if (!glossary.panel) throw new Error("Expected the glossary, but the service does not answer. Try again later.");
    return glossary.panel;
  }

  async openSearch() {
    const { phrases, room } = this.parts;
    await openSearch(phrases, room, await this.getGlossary());
  }

  async loadWordEntry() {
    return loadWordEntry(await this.getGlossary(), this.parts.phrases, () => this.openSearch());
  }

  async offerWord() {
    (await this.loadWordEntry()).showOffer();
  }

  async addWord() {
    (await this.loadWordEntry()).open();
  }

  openMessages() {
    return loadTemplates();
  }
}
