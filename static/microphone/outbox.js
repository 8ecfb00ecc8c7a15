// @ts-check
// Sound to send: numbered, kept until the service acknowledges it, and sent again after a lost connection.

const RATE = 16000;
const KEPT_S = 30;

/**
 * @typedef {object} Piece
 * @property {number} start Index of its first sample.
 * @property {number} n How many samples it has.
 * @property {Uint8Array<ArrayBuffer>} bytes The message: the index, and the samples.
 */

export class Outbox {
  /** Index of the next sample. */
  next = 0;
  /** Index of the first sample that is not acknowledged. */
  acknowledged = 0;
  /** @type {Piece[]} */
  kept = [];
  /** Sound that was dropped because the connection was lost for too long, in seconds. */
  lostS = 0;
  isWelcome = false;

  /** @param {(bytes: Uint8Array<ArrayBuffer>) => void} send Called only between a welcome and the end of its connection. */
  constructor(send) {
    this.send = send;
  }

  get waitingS() {
    return this.kept.reduce((sum, { n }) => sum + n, 0) / RATE;
  }

  /**
   * Number a piece of PCM, keep it, and send it. Of more than 30 s the oldest is dropped.
   * @param {Int16Array} pcm
   */
  add(pcm) {
    const bytes = new Uint8Array(8 + pcm.byteLength);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(this.next), true);
    bytes.set(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), 8);
    this.kept.push({ start: this.next, n: pcm.length, bytes });
    this.next += pcm.length;
    while (this.waitingS > KEPT_S) this.lostS += (this.kept.shift()?.n ?? 0) / RATE;
    if (this.isWelcome) this.send(bytes);
  }

  /**
   * Drop what the service has: all samples before this one.
   * @param {number} sample
   */
  acknowledge(sample) {
    this.acknowledged = sample;
    while (this.kept.length && this.kept[0].start + this.kept[0].n <= sample) this.kept.shift();
  }

  /**
   * Continue on a new connection with the first sample that the service does not have. A reloaded page continues its count.
   * @param {number} sample
   */
  resume(sample) {
    this.isWelcome = true;
    // a service that has less than it acknowledged was restarted and counts from there; it would refuse the old numbers
    if (sample < this.acknowledged) this.renumber(sample - (this.kept[0]?.start ?? this.next));
    this.acknowledge(sample);
    if (this.next < sample) this.renumber(sample - this.next);
    this.kept.forEach(({ bytes }) => this.send(bytes));
  }

  /** @param {number} shift */
  renumber(shift) {
    for (const piece of this.kept) {
      piece.start += shift;
      new DataView(piece.bytes.buffer).setBigUint64(0, BigInt(piece.start), true);
    }
    this.next += shift;
  }

  /** Wait for the next welcome: sound that was sent before it would be taken for a gap. */
  pause() {
    this.isWelcome = false;
  }

  clear() {
    this.kept = [];
  }
}
