// Sound on its way to the service: numbered, kept until it is acknowledged, sent again after a drop.

const RATE = 16000;
const KEPT_S = 30;

export class Outbox {
  /** `send(bytes)` sends one message; it is called only between a welcome and the end of its connection. */
  constructor(send) {
    Object.assign(this, { send, next: 0, held: 0, kept: [], lostS: 0, isWelcome: false });
  }

  get waitingS() {
    return this.kept.reduce((sum, { n }) => sum + n, 0) / RATE;
  }

  /** Number a piece of PCM, keep it, and send it. Beyond 30 s the oldest is given up. */
  add(pcm) {
    const bytes = new Uint8Array(8 + pcm.byteLength);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(this.next), true);
    bytes.set(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), 8);
    this.kept.push({ start: this.next, n: pcm.length, bytes });
    this.next += pcm.length;
    while (this.waitingS > KEPT_S) this.lostS += this.kept.shift().n / RATE;
    if (this.isWelcome) this.send(bytes);
  }

  /** The service holds all before `sample`. */
  acknowledge(sample) {
    this.held = sample;
    while (this.kept.length && this.kept[0].start + this.kept[0].n <= sample) this.kept.shift();
  }

  /** A connection is there again: go on where the service stands. A reloaded page takes up the service's count. */
  resume(sample) {
    this.isWelcome = true;
    // a service that holds less than it acknowledged began anew and counts from there; it would refuse the old numbers
    if (sample < this.held) this.renumber(sample - (this.kept[0]?.start ?? this.next));
    this.acknowledge(sample);
    if (this.next < sample) this.renumber(sample - this.next);
    this.kept.forEach(({ bytes }) => this.send(bytes));
  }

  renumber(shift) {
    for (const piece of this.kept) {
      piece.start += shift;
      new DataView(piece.bytes.buffer).setBigUint64(0, BigInt(piece.start), true);
    }
    this.next += shift;
  }

  /** The connection is gone: sound waits until the service says where it stands, or a later piece would pass for a gap. */
  pause() {
    this.isWelcome = false;
  }
}
