// @ts-check
// The sound of a source in the last ten seconds, drawn from the levels that the console gets anyway, four a second.

/** @import { SourceStatus } from "../room/messages" */

const SPAN_MS = 10_000;
const STEP_MS = 250; // as often as the service sends levels
const CALM_MS = 2000; // between two drawings, where people want less motion
const FLOOR_DB = -60;
/** @type {Record<Sound, string>} Variables of the style sheet. */
const COLORS = { silence: "--line", sound: "--soft", speech: "--good", quiet: "--warn", clipped: "--alarm" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** @typedef {"silence" | "sound" | "speech" | "quiet" | "clipped"} Sound */
/** @typedef {{ atMs: number, db: number, sound: Sound }} Level */

/**
 * @param {SourceStatus} source
 * @returns {Sound}
 */
function soundOf({ level_dbfs: db, is_clipping: isClipping, is_quiet: isQuiet, is_speech: isSpeech }) {
  if (isClipping) return "clipped";
  if (isSpeech) return isQuiet ? "quiet" : "speech";
  return db > FLOOR_DB ? "sound" : "silence";
}

/**
 * Say what the drawing shows, for people who do not see it.
 * @param {Level[]} levels The last ten seconds, one each STEP_MS.
 */
export function describeLevels(levels) {
  const loudest = Math.round(Math.max(FLOOR_DB, ...levels.map(({ db }) => db)));
  if (loudest <= FLOOR_DB) return "Last 10 seconds: silence.";
  /** @param {Sound[]} sounds */
  const seconds = (...sounds) =>
    Math.round((levels.filter(({ sound }) => sounds.includes(sound)).length * STEP_MS) / 1000);
  const quiet = seconds("quiet") ? `, ${seconds("quiet")} s of it too quiet` : "";
  const clipped = seconds("clipped") ? `; clipped for ${seconds("clipped")} s` : "";
  return `Last 10 seconds: ${seconds("speech", "quiet", "clipped")} s of speech${quiet}${clipped}; loudest ${loudest} dB.`;
}

export class Waveform {
  /** @type {Level[]} The changes of the level, the oldest first. */
  changes = [];
  drawnMs = -Infinity;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    const timer = setInterval(() => {
      if (!this.canvas.isConnected) clearInterval(timer);
      else if (!document.hidden) this.draw(performance.now());
    }, STEP_MS);
  }

  /**
   * Note the level of a source as it is now.
   * @param {SourceStatus} source
   * @param {boolean} isOff
   */
  add(source, isOff) {
    const atMs = performance.now();
    this.changes.push({
      atMs,
      db: isOff ? FLOOR_DB : Math.max(FLOOR_DB, Math.min(0, source.level_dbfs)),
      sound: isOff ? "silence" : soundOf(source),
    });
    while (this.changes.length > 1 && this.changes[1].atMs < atMs - SPAN_MS - STEP_MS) this.changes.shift();
  }

  /**
   * Return the levels of the last ten seconds, one each STEP_MS; between two changes the level stays.
   * @param {number} nowMs
   */
  levels(nowMs) {
    /** @type {Level[]} */
    const levels = [];
    let i = 0;
    for (let atMs = nowMs - SPAN_MS + STEP_MS; atMs <= nowMs; atMs += STEP_MS) {
      while (i + 1 < this.changes.length && this.changes[i + 1].atMs <= atMs) i += 1;
      const change = this.changes[i];
      levels.push(change && change.atMs <= atMs ? change : { atMs, db: FLOOR_DB, sound: "silence" });
    }
    return levels;
  }

  /** @param {number} nowMs */
  draw(nowMs) {
    if (calm.matches && nowMs - this.drawnMs < CALM_MS) return;
    this.drawnMs = nowMs;
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) =>
      Math.round(size * devicePixelRatio),
    );
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const levels = this.levels(nowMs);
    canvas.setAttribute("aria-label", describeLevels(levels));
    const context = canvas.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const step = width / levels.length;
    levels.forEach(({ db, sound }, n) => {
      const half = Math.max(devicePixelRatio, (1 - db / FLOOR_DB) * height) / 2;
      context.fillStyle = style.getPropertyValue(COLORS[sound]);
      context.fillRect(n * step, height / 2 - half, Math.max(1, step - devicePixelRatio), 2 * half);
    });
  }
}
