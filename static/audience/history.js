// @ts-check
// All phrases of the page in the order they were said. Older ones are fetched when the reader scrolls up.

import { sayError } from "../room/problems.js";
import { request } from "../room/rest.js";

/** @import { Caption } from "../room/messages" */

const PAGE = 200;
const PHRASES_MAX = 20000;
const PAUSE_MS = 5000;
/** After which the original is shown instead of a translation that has not come. */
export const OVERDUE_MS = 8000;

/** One phrase on all its tracks, and what the page knows of its height. */
export class Phrase {
  /** @type {Map<string, Caption>} */
  captions = new Map();
  /** Its place among all phrases. */
  index = 0;
  /** @type {HTMLElement | null} Its element while it is in the document. */
  node = null;
  /** @type {string | null} The name that was written before it. */
  name = null;
  /** @type {number | null} Characters of its text, once counted. */
  length = null;
  /** Height in pixels when it was measured. */
  height = 0;
  isMeasured = false;
  /** Height in pixels that it must keep; 0 if it may shrink. */
  floor = 0;
  /** When its original became final, on the page's clock. */
  finalMs = Infinity;

  /**
   * @param {string} id
   * @param {number} startS
   */
  constructor(id, startS) {
    this.id = id;
    this.startS = startS;
  }

  get isOpen() {
    for (const { state } of this.captions.values()) if (state === "open") return true;
    return false;
  }

  /** Whether its translations should be there by now. */
  get isOverdue() {
    return performance.now() - this.finalMs >= OVERDUE_MS;
  }

  get speaker() {
    for (const { speaker } of this.captions.values()) return speaker;
    return null;
  }
}

export class History {
  /** @type {Phrase[]} */
  phrases = [];
  /** @type {Map<string, Phrase>} */
  known = new Map();
  oldestSeq = Infinity;
  /** Whether the service has no older phrases. */
  isAll = false;
  /** Why older phrases could not be fetched, or "". */
  problem = "";
  /** Rises when everything is forgotten, so that answers to earlier requests are ignored. */
  life = 0;
  retryAtMs = 0;
  /** @type {Promise<boolean> | null} */
  loading = null;

  /** @param {string} room */
  constructor(room) {
    this.room = room;
  }

  /** Forget everything; answers that are on their way are ignored. */
  clear() {
    this.phrases = [];
    this.known.clear();
    this.oldestSeq = Infinity;
    this.isAll = false;
    this.problem = "";
    this.retryAtMs = 0;
    this.life += 1;
    this.loading = null;
  }

  /**
   * Add a caption and return its phrase, or null if a newer one is known.
   * @param {Caption} caption
   * @param {boolean} [isOlder] Whether it comes before phrases with the same start.
   */
  put(caption, isOlder = false) {
    if (caption.seq !== null) this.oldestSeq = Math.min(this.oldestSeq, caption.seq);
    let phrase = this.known.get(caption.phrase);
    if ((phrase?.captions.get(caption.track)?.rev ?? 0) >= caption.rev) return null;
    if (!phrase) {
      phrase = new Phrase(caption.phrase, caption.start_s);
      this.known.set(phrase.id, phrase);
      this.insert(phrase, isOlder);
    }
    phrase.captions.set(caption.track, caption);
    if (caption.track === "original" && caption.state !== "open") {
      phrase.finalMs = Math.min(phrase.finalMs, isOlder ? -Infinity : performance.now());
    }
    return phrase;
  }

  /**
   * @param {Phrase} phrase
   * @param {boolean} isOlder
   */
  insert(phrase, isOlder) {
    let [low, high] = [0, this.phrases.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { startS } = this.phrases[middle];
      if (startS < phrase.startS || (!isOlder && startS === phrase.startS)) low = middle + 1;
      else high = middle;
    }
    if (low === this.phrases.length) {
      phrase.index = this.phrases.push(phrase) - 1;
    } else {
      this.phrases.splice(low, 0, phrase);
      this.renumber(low);
    }
  }

  /** @param {number} from */
  renumber(from) {
    for (let i = from; i < this.phrases.length; i++) this.phrases[i].index = i;
  }

  /** Drop the oldest phrases if there are too many, unless one is in the document; they can be fetched again. */
  trim() {
    const n = this.phrases.length - PHRASES_MAX;
    if (n <= 0 || this.phrases.slice(0, n).some((phrase) => phrase.node)) return;
    for (const phrase of this.phrases.splice(0, n + PHRASES_MAX / 20)) this.known.delete(phrase.id);
    this.renumber(0);
    this.isAll = false;
    this.oldestSeq = Infinity;
    for (const { captions } of this.phrases) {
      for (const { seq } of captions.values()) if (seq !== null) this.oldestSeq = Math.min(this.oldestSeq, seq);
    }
  }

  get hasOlder() {
    return !this.isAll && this.oldestSeq > 1 && this.oldestSeq < Infinity;
  }

  /** Fetch the phrases before the oldest known, one request at a time; resolves to whether the page must be drawn. */
  fetchOlder() {
    if (this.loading) return this.loading;
    if (!this.hasOlder || Date.now() < this.retryAtMs) return Promise.resolve(false);
    const loading = this.load(this.life, this.oldestSeq).finally(() => {
      if (this.loading === loading) this.loading = null;
    });
    this.loading = loading;
    return loading;
  }

  /**
   * @param {number} life
   * @param {number} before
   */
  async load(life, before) {
    try {
      const address = `/api/rooms/${encodeURIComponent(this.room)}/captions?before=${before}&limit=${PAGE}`;
      /** @type {{ captions: Caption[], is_all: boolean }} */
      const page = await (await request(address)).json();
      if (life !== this.life) return false;
      page.captions.reverse().forEach((caption) => this.put(caption, true));
      this.isAll = page.is_all || this.oldestSeq >= before;
      this.problem = "";
      return true;
    } catch (error) {
      if (life !== this.life) return true;
      this.problem = sayError(error, "text.older");
      this.retryAtMs = Date.now() + PAUSE_MS;
      return true;
    }
  }
}
