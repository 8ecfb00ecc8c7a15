// @ts-check
// Search and replace over the whole stored talk: every change is shown before it is made, and undone as one.

import { trackName } from "../room/languages.js";
import { find, query, setText } from "../room/page.js";
import { messageOf } from "../room/rest.js";
import { fetchPart, fetchStyle } from "./parts.js";
import { Replacer } from "./search_replace.js";
import { SearchResults, counted } from "./search_results.js";
import { StatusLine } from "./status_line.js";

/** @import { Glossary } from "./glossary.js" */
/** @import { PhraseList } from "./phrase_list.js" */
/** @import { RoomWatcher } from "./room_watcher.js" */
/** @import { Row } from "./search_results.js" */

const TYPING_MS = 300;

/**
 * @typedef {object} Found The service's answer to a search.
 * @property {string} epoch
 * @property {number} up_to_seq
 * @property {number} n_matches
 * @property {number} n_texts
 * @property {FoundText[]} texts
 */

/**
 * @typedef {object} FoundText
 * @property {string} phrase
 * @property {string} track
 * @property {string} language
 * @property {number} start_s
 * @property {string[]} parts What is between matches, a match, what is between, …
 */

/** @type {Promise<Search> | null} */
let opening = null;

export class Search {
  node = find("search");
  text = find("search-text", HTMLInputElement);
  track = find("search-track", HTMLSelectElement);
  status = new StatusLine(find("search-report"));
  /** @type {Found | null} */
  found = null;
  /** Rises with every search, so that answers to earlier ones are ignored. */
  life = 0;
  /** @type {number | undefined} */
  timer;
  /** @type {Element | null} */
  cameFrom = null;

  /**
   * @param {PhraseList} phrases
   * @param {RoomWatcher} room
   * @param {Glossary} glossary
   */
  constructor(phrases, room, glossary) {
    this.phrases = phrases;
    this.room = room;
    this.replacer = new Replacer(this, glossary);
    this.results = new SearchResults(find("search-results"), {
      onTick: () => this.render(),
      change: (row) => this.replacer.replace([row]),
    });
    this.text.addEventListener("input", () => this.searchSoon());
    for (const id of ["search-words", "search-case", "search-track"]) {
      find(id).addEventListener("change", () => this.search());
    }
    find("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    find("search-more").addEventListener("click", () => this.showMore());
    find("search-close").addEventListener("click", () => this.close());
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      this.close();
    });
  }

  /** What the list is of, as JSON. */
  shown = "";

  /** @param {string} selected */
  open(selected) {
    if (!document.body.classList.contains("searching")) this.cameFrom = document.activeElement;
    document.body.classList.add("searching");
    this.node.hidden = false;
    this.offerTracks();
    if (selected && selected.length <= 200 && !selected.includes("\n")) this.text.value = selected;
    this.text.focus();
    this.text.select();
    this.search();
  }

  close() {
    document.body.classList.remove("searching");
    this.node.hidden = true;
    const back = this.cameFrom instanceof HTMLElement && this.cameFrom.isConnected ? this.cameFrom : find("scroll");
    (back === document.body ? find("search-open") : back).focus({ preventScroll: true });
    this.phrases.live.layOut();
  }

  offerTracks() {
    const tracks = this.phrases.columns.tracks;
    const { value } = this.track;
    this.track.replaceChildren(new Option("All", ""), ...tracks.map((track) => new Option(trackName(track), track)));
    this.track.value = tracks.includes(value) ? value : "";
    query(this.node, ".search-track").hidden = tracks.length < 2;
  }

  /** What is searched for. */
  get wanted() {
    return {
      text: this.text.value,
      is_whole_word: find("search-words", HTMLInputElement).checked,
      matches_case: find("search-case", HTMLInputElement).checked,
      track: this.track.value || null,
    };
  }

  searchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), TYPING_MS);
  }

  /** Search again, and forget what was found before. */
  async search() {
    clearTimeout(this.timer);
    const life = (this.life += 1);
    find("search-after").hidden = true;
    this.status.done("");
    if (!this.text.value.trim()) {
      this.take(null);
      return;
    }
    try {
      const { wanted } = this;
      const found = await this.room.rest.send("POST", "/search", wanted);
      if (life !== this.life) return;
      this.shown = JSON.stringify(wanted);
      this.take(found);
    } catch (error) {
      if (life !== this.life) return;
      this.take(null);
      this.status.refused(messageOf(error));
    }
  }

  /** Whether the list shows what is searched for now, not what was searched for before the last key. */
  get isUpToDate() {
    return JSON.stringify(this.wanted) === this.shown;
  }

  /** @param {Found | null} found */
  take(found) {
    this.found = found;
    this.results.show(found?.texts ?? [], this.phrases.columns.tracks.length > 1);
    this.render();
  }

  async showMore() {
    const { found, life } = this;
    if (!found) return;
    await this.status.run(async () => {
      const rest = { offset: this.results.size, limit: 500, up_to_seq: found.up_to_seq };
      /** @type {Found} */
      const more = await this.room.rest.send("POST", "/search", { ...this.wanted, ...rest });
      if (life === this.life) this.results.add(more.texts);
      return "";
    });
    this.render();
  }

  render() {
    const { found, results } = this;
    const size = found && `${counted(found.n_matches, "match", "matches")} in ${counted(found.n_texts, "text")}.`;
    setText(find("search-count"), found && !found.n_texts ? "Nothing in the talk matches." : size || "");
    const missing = found ? found.n_texts - results.size : 0;
    find("search-more").hidden = !missing;
    setText(find("search-more"), `Show more: ${counted(missing, "text")} left`);
    this.replacer.render();
  }

  /**
   * Remove texts that were changed from the list.
   * @param {Found} found
   * @param {Row[] | null} rows Those that were changed; null for all.
   */
  forget(found, rows) {
    this.life += 1;
    if (!rows) {
      this.take(null);
      return;
    }
    this.results.remove(rows);
    found.n_texts -= rows.length;
    for (const { text } of rows) found.n_matches -= (text.parts.length - 1) / 2;
    this.render();
  }
}

/**
 * Open the search, and search for what is selected on the page; throws if the service does not answer.
 * @param {PhraseList} phrases
 * @param {RoomWatcher} room
 * @param {Glossary} glossary
 */
export async function openSearch(phrases, room, glossary) {
  opening ??= load(phrases, room, glossary);
  try {
    (await opening).open(String(getSelection() ?? "").trim());
  } catch (error) {
    opening = null;
    throw error;
  }
}

/**
 * @param {PhraseList} phrases
 * @param {RoomWatcher} room
 * @param {Glossary} glossary
 */
async function load(phrases, room, glossary) {
  const [part] = await Promise.all([fetchPart("search"), fetchStyle("search")]);
  find("middle").insertBefore(/** @type {Node} */ (part.find((node) => node instanceof HTMLElement)), find("list"));
  return new Search(phrases, room, glossary);
}
