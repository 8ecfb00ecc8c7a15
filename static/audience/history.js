// All phrases that the page holds, in the order they were said. Older ones come from the service when somebody scrolls up.

import { key } from "../room/socket.js";

const PAGE = 200;
const HELD_MAX = 20000;
const PAUSE_MS = 5000;

/** One phrase on all its tracks; `height` is what it took on the screen when it was measured. */
class Phrase {
  constructor(id, start_s) {
    Object.assign(this, {
      id,
      start_s,
      captions: new Map(),
      index: 0,
      node: null,
      length: null,
      height: 0,
      isMeasured: false,
      floor: 0,
    });
  }

  get isOpen() {
    for (const { state } of this.captions.values()) if (state === "open") return true;
    return false;
  }
}

export class History {
  constructor(room) {
    Object.assign(this, { room, life: 0 });
    this.clear();
  }

  /** Forget all; what is on its way from the service then is of another life. */
  clear() {
    Object.assign(this, { phrases: [], known: new Map(), oldestSeq: Infinity, isAll: false, problem: "", again: 0 });
    this.life += 1;
    this.loading = null;
  }

  /** Take a caption and return its phrase, or null if a newer one is held. `isOlder` puts it before others of its time. */
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
    return phrase;
  }

  insert(phrase, isOlder) {
    let [low, high] = [0, this.phrases.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const isBefore = isOlder
        ? this.phrases[middle].start_s < phrase.start_s
        : this.phrases[middle].start_s <= phrase.start_s;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    if (low === this.phrases.length) {
      phrase.index = this.phrases.push(phrase) - 1;
    } else {
      this.phrases.splice(low, 0, phrase);
      this.count(low);
    }
  }

  count(from) {
    for (let i = from; i < this.phrases.length; i++) this.phrases[i].index = i;
  }

  /** Let go of the oldest phrases when there are too many, but of none in the document; they can be asked for again. */
  trim() {
    const n = this.phrases.length - HELD_MAX;
    if (n <= 0 || this.phrases.slice(0, n).some((phrase) => phrase.node)) return;
    for (const phrase of this.phrases.splice(0, n + HELD_MAX / 20)) this.known.delete(phrase.id);
    this.count(0);
    this.isAll = false;
    this.oldestSeq = Infinity;
    for (const { captions } of this.phrases)
      for (const { seq } of captions.values()) if (seq !== null) this.oldestSeq = Math.min(this.oldestSeq, seq);
  }

  get hasOlder() {
    return !this.isAll && this.oldestSeq > 1 && this.oldestSeq < Infinity;
  }

  /** Ask the service for the phrases before the oldest held, one request at a time; resolves to whether any came. */
  older() {
    if (!this.hasOlder || this.loading || Date.now() < this.again) return this.loading ?? Promise.resolve(false);
    const loading = this.load(this.life, this.oldestSeq).finally(() => {
      if (this.loading === loading) this.loading = null;
    });
    this.loading = loading;
    return loading;
  }

  async load(life, before) {
    try {
      const address = `/api/rooms/${encodeURIComponent(this.room)}/captions?before=${before}&limit=${PAGE}`;
      const answer = await fetch(address, { headers: key() ? { Authorization: `Bearer ${key()}` } : {} });
      const page = await answer.json();
      if (life !== this.life) return false;
      if (!answer.ok) throw new Error(page.message);
      page.captions.reverse().forEach((caption) => this.put(caption, true));
      this.isAll = page.is_all || this.oldestSeq >= before;
      this.problem = "";
      return true;
    } catch (error) {
      if (life === this.life) {
        this.problem =
          error instanceof TypeError ? "Older text could not be fetched; scroll to try again." : error.message;
        this.again = Date.now() + PAUSE_MS;
      }
      return true;
    }
  }
}
