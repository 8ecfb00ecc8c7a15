// @ts-check
// The settings of a reader: stored in the browser if it allows that, and applied at once.

const NAME = "surtitle-audience";
const SIZES = { min: 50, max: 300, step: 25, usual: 100 };
const THEMES = ["system", "light", "dark", "contrast"];

/** @typedef {"size" | "theme" | "isSpaced" | "isSpoken" | "isAwake" | "hasKeys" | "hasPreview" | "language" | "ui"} Name */

/** @type {Name[]} */
const NAMES = ["size", "theme", "isSpaced", "isSpoken", "isAwake", "hasKeys", "hasPreview", "language", "ui"];

/**
 * Return what is stored; storage may be forbidden, full, or written by another version.
 * @returns {Partial<Record<Name, unknown>>}
 */
function readStored() {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "") ?? {};
  } catch {
    return {};
  }
}

class Preferences extends EventTarget {
  /** Text size in per cent. */
  size = SIZES.usual;
  theme = "system";
  /** Whether there is more space between letters, words and lines. */
  isSpaced = false;
  /** Whether screen readers read final phrases aloud. */
  isSpoken = false;
  /** Whether the display stays on. */
  isAwake = true;
  /** Whether single keys work. */
  hasKeys = true;
  /** Whether a translation is shown grey while the sentence is still being said. */
  hasPreview = true;
  /** The tracks that the reader chose, as `en` or `en+original`; "" for none. */
  language = "";
  /** The language that the reader chose for the page itself; "" for none. room/words.js reads it too. */
  ui = "";

  constructor() {
    super();
    const stored = readStored();
    for (const name of NAMES) {
      if (typeof stored[name] === typeof this[name]) Object.assign(this, { [name]: stored[name] });
    }
    this.apply();
  }

  /**
   * Change some settings; listeners of "change" are called.
   * @param {Partial<Pick<Preferences, Name>>} changes
   */
  set(changes) {
    Object.assign(this, changes);
    this.apply();
    try {
      localStorage.setItem(NAME, JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, this[name]]))));
    } catch {
      // the change lasts until the page is closed
    }
    this.dispatchEvent(new Event("change"));
  }

  /** @param {number} steps */
  resize(steps) {
    this.set({ size: this.size + steps * SIZES.step });
  }

  get isSmallest() {
    return this.size === SIZES.min;
  }

  get isLargest() {
    return this.size === SIZES.max;
  }

  apply() {
    const size = Math.round(this.size / SIZES.step) * SIZES.step || SIZES.usual;
    this.size = Math.min(SIZES.max, Math.max(SIZES.min, size));
    if (!THEMES.includes(this.theme)) this.theme = "system";
    const root = document.documentElement;
    root.style.setProperty("--scale", String(this.size / 100));
    root.dataset.theme = this.theme;
    root.classList.toggle("spaced", this.isSpaced);
  }
}

export const preferences = new Preferences();
