// @ts-check
// Keeps the display on. Browsers allow it over HTTPS or on localhost only, and some only after a touch or a key.

export const canStayAwake = "wakeLock" in navigator;

export class WakeLock {
  /** @type {WakeLockSentinel | null} */
  lock = null;

  /** @param {() => boolean} [isWanted] Whether the display should stay on now. */
  constructor(isWanted = () => true) {
    this.isWanted = isWanted;
    // the browser releases the lock when the page is hidden
    document.addEventListener("visibilitychange", () => this.request());
  }

  get isHeld() {
    return this.lock !== null && !this.lock.released;
  }

  /** Request the lock, if it is wanted and not held yet; a refusal is no error, as the next touch requests it again. */
  async request() {
    if (!canStayAwake || !this.isWanted() || this.isHeld || document.visibilityState !== "visible") return;
    try {
      this.lock = await navigator.wakeLock.request("screen");
      if (!this.isWanted()) this.release();
    } catch {
      this.lock = null; // not allowed here, or the battery is low
    }
  }

  release() {
    this.lock?.release().catch(() => {});
    this.lock = null;
  }
}
