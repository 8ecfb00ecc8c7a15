// @ts-check
// The level meter: a bar, and what to do about it in words.

import { setText } from "../room/page.js";
import { say } from "../room/words.js";

const FLOOR_DB = -60;
const SILENT_DB = -55;
const FAINT_DB = -36; // speech into a phone at arm's length peaks at -30 to -10 dB
const CLIPPED = 0.999;
const RECENT_MS = 3000;
const SILENT_MS = 5000;

/**
 * Return what to say about the loudest samples of the last seconds, from 0 to 1.
 * @param {number} loudest
 * @param {number} forMs How long the speaker has had the microphone.
 */
export function describeLevel(loudest, forMs) {
  const db = 20 * Math.log10(loudest || 1e-9);
  if (loudest >= CLIPPED) return "loud";
  if (db <= SILENT_DB) return forMs > SILENT_MS ? "silent" : "";
  if (db <= FAINT_DB) return forMs > RECENT_MS ? "faint" : "";
  return "good";
}

export class LevelMeter {
  /** @type {{ atMs: number, peak: number }[]} */
  recent = [];
  /** @type {number | null} */
  sinceMs = null;

  /**
   * @param {HTMLElement} meter
   * @param {HTMLElement} words
   */
  constructor(meter, words) {
    this.meter = meter;
    this.words = words;
  }

  /**
   * Show a level.
   * @param {number} peak Highest sample since the last call, from 0 to 1.
   */
  show(peak) {
    const now = performance.now();
    this.sinceMs ??= now;
    this.recent = [...this.recent.filter(({ atMs }) => now - atMs < RECENT_MS), { atMs: now, peak }];
    this.draw(peak);
    const said = describeLevel(Math.max(...this.recent.map((one) => one.peak)), now - this.sinceMs);
    setText(this.words, said && say(`level.${said}`));
    this.words.className = said === "good" ? "good" : "warning";
  }

  clear() {
    this.recent = [];
    this.sinceMs = null;
    this.draw(0);
    setText(this.words, "");
  }

  /** @param {number} peak */
  draw(peak) {
    const db = Math.max(FLOOR_DB, 20 * Math.log10(peak || 1e-9));
    const bar = /** @type {HTMLElement} */ (this.meter.firstElementChild);
    bar.style.transform = `scaleX(${1 - db / FLOOR_DB})`;
    this.meter.setAttribute("aria-valuenow", String(Math.round(db)));
  }
}
