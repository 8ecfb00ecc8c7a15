// @ts-check
// What the pages for a projector share: keys, full screen, a display that stays on, and controls that show for a while.

import { find } from "./page.js";
import { WakeLock } from "./wake_lock.js";

const AWAKE_MS = 3000; // the controls hide this long after the last movement or touch
const TAP_MS = 400; // two taps within this time are a double tap

export class Projector {
  wakeLock = new WakeLock();
  timer = 0;
  tapped = -Infinity;

  /** @param {Record<string, () => void>} keys What each key does, by its small letter; F is full screen. */
  constructor(keys) {
    /** @type {Record<string, () => void>} */
    this.keys = { f: () => this.toggleFullScreen(), ...keys };
    addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("pointermove", () => this.showControls());
    addEventListener("pointerup", (event) => this.onTap(event));
    find("full").addEventListener("click", () => this.toggleFullScreen());
    this.showControls();
  }

  /** Show the controls for a while. */
  showControls() {
    document.body.classList.add("awake");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => document.body.classList.remove("awake"), AWAKE_MS);
    this.wakeLock.request();
  }

  async toggleFullScreen() {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    } catch {
      // the browser allows it only after a touch or a key; F11 does the same
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(this.keys, key)) return;
    event.preventDefault();
    this.wakeLock.request();
    this.keys[key]();
  }

  /** @param {PointerEvent} event */
  onTap(event) {
    this.showControls();
    if (event.target instanceof Element && event.target.closest("button")) return;
    const isDoubleTap = event.timeStamp - this.tapped < TAP_MS;
    if (isDoubleTap) this.toggleFullScreen();
    this.tapped = isDoubleTap ? -Infinity : event.timeStamp;
  }
}
