// @ts-check
// Announces final phrases to screen readers and Braille displays, if the reader wants it: each once, never a change.

import { say } from "../room/words.js";
import { preferences } from "./preferences.js";

/** @import { Caption } from "../room/messages" */

const LINES_MAX = 20;
const REMEMBERED = 200;

export class Announcer {
  /** @type {Set<string>} Phrases that were announced. */
  announced = new Set();
  /** @type {string | null} Who was announced last. */
  speaker = null;

  /** @param {HTMLElement} log The live region. */
  constructor(log) {
    this.log = log;
    preferences.addEventListener("change", () => this.applyPreferences());
    this.applyPreferences();
  }

  applyPreferences() {
    this.log.setAttribute("aria-live", preferences.isSpoken ? "polite" : "off");
    if (!preferences.isSpoken) this.log.replaceChildren();
  }

  /**
   * Announce a phrase that became final while the page was open.
   * @param {Pick<Caption, "phrase" | "committed" | "language" | "state">} caption
   * @param {string | null} speaker The name to say if another speaker spoke before.
   */
  announce({ phrase, committed, language, state }, speaker = null) {
    if (!preferences.isSpoken || this.announced.has(phrase) || state === "withdrawn" || !committed) return;
    this.announced.add(phrase);
    for (const oldest of this.announced) {
      if (this.announced.size <= REMEMBERED) break;
      this.announced.delete(oldest);
    }
    const line = document.createElement("p");
    Object.assign(line, { lang: language, dir: "auto", textContent: committed });
    if (speaker !== this.speaker) {
      const name = Object.assign(document.createElement("bdi"), { textContent: speaker ?? say("speaker.unnamed") });
      line.prepend(name, ": ");
    }
    this.speaker = speaker;
    this.log.append(line);
    while (this.log.childElementCount > LINES_MAX) this.log.firstElementChild?.remove();
  }
}
