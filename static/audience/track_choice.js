// @ts-check
// Which tracks are shown, one or two at once, and their names.

import { say } from "../room/words.js";

/** @import { preferences as Preferences } from "./preferences.js" */

/**
 * Return the name of a language in that language, or the code if the browser knows no name.
 * @param {string} code
 */
export function nameOf(code) {
  try {
    const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
    return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
  } catch {
    return code;
  }
}

/** @param {string} code */
const baseOf = (code) => code.toLowerCase().split("-")[0];

export class TrackChoice {
  /** Tracks of the room. */
  tracks = ["original"];
  /** @type {string[]} Languages spoken so far, the newest first. */
  spoken = [];
  /** Whether the first words were shown, which fixes the automatic choice. */
  isSettled = false;
  settled = "";
  shown = "";
  asked = new URLSearchParams(location.search).get("lang");

  /**
   * @param {HTMLSelectElement} select
   * @param {typeof Preferences} preferences Remembers what the reader chose.
   * @param {(tracks: string[]) => void} onChange Receives the tracks to show.
   */
  constructor(select, preferences, onChange) {
    this.select = select;
    this.preferences = preferences;
    this.onChange = onChange;
    select.addEventListener("change", () => {
      preferences.set({ language: select.value });
      this.asked = null;
      this.apply();
    });
    this.apply();
  }

  /**
   * Offer the tracks of the room.
   * @param {string[]} tracks
   */
  offer(tracks) {
    if (tracks.join() === this.tracks.join()) return;
    const own = baseOf(navigator.languages[0] ?? "");
    // the organiser has added the reader's language, and the reader has chosen no other one
    if (tracks.includes(own) && !this.tracks.includes(own)) this.settled = own;
    this.tracks = tracks;
    this.list();
    this.apply();
  }

  /**
   * Note the language of a caption: the name of the original follows it, and the first words fix the choice.
   * @param {{ track: string, language: string }} caption
   */
  noteLanguage({ track, language }) {
    if (track !== "original" || this.spoken.includes(language)) return;
    this.spoken = [language, ...this.spoken].slice(0, 2);
    if (!this.isSettled) this.apply();
    this.isSettled = true;
    this.list();
  }

  /** What the address requests or the reader chose before, otherwise the first browser language that the room offers. */
  get choice() {
    for (const wanted of [this.asked, this.preferences.language]) if (wanted && this.isOffered(wanted)) return wanted;
    if (this.isSettled) return this.isOffered(this.settled) ? this.settled : "original";
    for (const code of navigator.languages.map(baseOf)) {
      if (this.tracks.includes(code)) return code;
      if (this.spoken.includes(code)) return "original";
    }
    return this.tracks.find((track) => track !== "original") ?? "original";
  }

  /** @param {string} wanted */
  isOffered(wanted) {
    return wanted.split("+").every((track) => this.tracks.includes(track));
  }

  /** @param {string} track */
  label(track) {
    if (track !== "original") return nameOf(track);
    return this.spoken.length
      ? say("tracks.spoken", { languages: this.spoken.map(nameOf).join(", ") })
      : say("tracks.original");
  }

  /** @param {string} pair */
  pairLabel(pair) {
    const [first, second] = pair.split("+").map((track) => (track === "original" ? "" : nameOf(track)));
    return second ? `${first} + ${second}` : say("tracks.pair", { language: first });
  }

  /** Fill the list of choices: each track, the one that is shown beside each other one, and each beside the original. */
  list() {
    const translated = this.tracks.filter((track) => track !== "original");
    const group = document.createElement("optgroup");
    group.label = say("tracks.two");
    const [first] = this.shown.split("+");
    const others = first === "original" ? [] : translated.filter((track) => track !== first);
    const pairs = new Set([this.shown, ...others.map((track) => `${first}+${track}`)]);
    for (const track of translated) pairs.add(`${track}+original`);
    group.append(
      ...[...pairs].filter((pair) => pair.includes("+")).map((pair) => makeOption(pair, this.pairLabel(pair), "")),
    );
    this.select.replaceChildren(
      ...this.tracks.map((track) => makeOption(track, this.label(track), track === "original" ? "" : track)),
      ...(translated.length ? [group] : []),
    );
    this.select.hidden = this.tracks.length < 2;
    this.select.value = this.shown;
  }

  /** Show the choice, if it has changed. */
  apply() {
    const { choice } = this;
    if (!this.isSettled) this.settled = choice;
    this.select.value = choice;
    if (choice === this.shown) return;
    this.shown = choice;
    if (this.tracks.length > 1) this.list();
    this.onChange(choice.split("+"));
  }
}

/**
 * @param {string} value
 * @param {string} text
 * @param {string} lang
 */
export function makeOption(value, text, lang) {
  const option = new Option(text, value);
  option.lang = lang;
  return option;
}
