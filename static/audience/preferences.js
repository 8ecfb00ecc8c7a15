// What a reader has set: kept in the browser where it allows that, applied at once.

const NAME = "surtitle-audience";
const DEFAULTS = {
  size: 100,
  theme: "system",
  isSpaced: false,
  isSpoken: false,
  isAwake: true,
  hasKeys: true,
  language: "",
};
const SIZES = { min: 100, max: 300, step: 25 };
const THEMES = ["system", "light", "dark", "contrast"];

/** Storage may be forbidden, full, or hold what another version wrote. */
function stored() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? {};
  } catch {
    return {};
  }
}

class Preferences extends EventTarget {
  constructor() {
    super();
    const kept = stored();
    for (const [name, value] of Object.entries(DEFAULTS))
      this[name] = typeof kept[name] === typeof value ? kept[name] : value;
    this.apply();
  }

  /** Change some; listeners hear "change". */
  set(changes) {
    Object.assign(this, changes);
    this.apply();
    const kept = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, this[name]]));
    try {
      localStorage.setItem(NAME, JSON.stringify(kept));
    } catch {
      // it holds until the page is closed
    }
    this.dispatchEvent(new Event("change"));
  }

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
    this.size = Math.min(SIZES.max, Math.max(SIZES.min, Math.round(this.size / SIZES.step) * SIZES.step || SIZES.min));
    if (!THEMES.includes(this.theme)) this.theme = "system";
    const root = document.documentElement;
    root.style.setProperty("--scale", this.size / 100);
    root.dataset.theme = this.theme;
    root.classList.toggle("spaced", this.isSpaced);
  }
}

export const preferences = new Preferences();
