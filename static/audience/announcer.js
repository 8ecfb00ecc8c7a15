// Final phrases for screen readers and Braille, for those who asked: each is told once and never changed.

import { preferences } from "./preferences.js";

const KEPT = 20;
const REMEMBERED = 200;

export class Spoken {
  constructor(log) {
    Object.assign(this, { log, told: new Set() });
    preferences.addEventListener("change", () => this.switch());
    this.switch();
  }

  switch() {
    this.log.setAttribute("aria-live", preferences.isSpoken ? "polite" : "off");
    if (!preferences.isSpoken) this.log.replaceChildren();
  }

  /** Take a phrase that became final while the reader was here. */
  tell(caption) {
    const { phrase, committed, language } = caption;
    if (!preferences.isSpoken || this.told.has(phrase) || caption.state === "withdrawn" || !committed) return;
    this.told.add(phrase);
    if (this.told.size > REMEMBERED) this.told.delete(this.told.values().next().value);
    const line = document.createElement("p");
    Object.assign(line, { lang: language, dir: "auto", textContent: committed });
    this.log.append(line);
    while (this.log.childElementCount > KEPT) this.log.firstElementChild.remove();
  }
}
