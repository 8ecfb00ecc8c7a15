// @ts-check
// Turns the sound of the audio context into 16 kHz mono PCM, 100 ms at a time, on the audio thread.

const RATE = 16000;
const FRAME = 1600;
const HALF = 24; // taps on each side of a sample of the slower rate
const PHASES = 256;

/**
 * Return a windowed sinc that passes what the slower rate can carry; one row of taps for each place between two samples.
 * @param {number} step Input samples per output sample.
 */
function kernel(step) {
  const cutoff = Math.min(1, 1 / step) * 0.94;
  const half = Math.ceil(HALF * Math.max(1, step));
  const rows = [];
  for (let phase = 0; phase < PHASES; phase++) {
    const row = new Float32Array(2 * half);
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const x = i - half + 1 - phase / PHASES;
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
      const window = Math.abs(x) < half ? 0.5 + 0.5 * Math.cos((Math.PI * x) / half) : 0;
      row[i] = sinc * window;
      sum += row[i];
    }
    rows.push(row.map((tap) => tap / sum));
  }
  return { half, rows };
}

class Recorder extends AudioWorkletProcessor {
  step = sampleRate / RATE;
  kernel = kernel(this.step);
  /** Samples that the next output samples still need. */
  held = new Float32Array(2 * this.kernel.half);
  /** Place of the next output sample among the held and new ones. */
  at = this.kernel.half - 1;
  frame = new Int16Array(FRAME);
  filled = 0;
  peak = 0;
  isOver = false;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.isOver = true;
    };
  }

  /** @param {Float32Array[][]} inputs */
  process([input]) {
    const { half, rows } = this.kernel;
    if (this.isOver) {
      this.flush();
      return false;
    }
    const n = input[0]?.length ?? 128;
    const mono = new Float32Array(this.held.length + n);
    mono.set(this.held);
    for (const channel of input) for (let i = 0; i < n; i++) mono[this.held.length + i] += channel[i] / input.length;
    while (Math.floor(this.at) + half < mono.length) {
      const whole = Math.floor(this.at);
      const row = rows[Math.floor((this.at - whole) * PHASES)];
      let sample = 0;
      for (let i = 0; i < row.length; i++) sample += row[i] * mono[whole - half + 1 + i];
      this.push(sample);
      this.at += this.step;
    }
    const used = Math.floor(this.at) - half + 1;
    this.held = mono.slice(used);
    this.at -= used;
    return true;
  }

  /** @param {number} sample */
  push(sample) {
    this.peak = Math.max(this.peak, Math.abs(sample));
    this.frame[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
    if (this.filled === FRAME) this.flush();
  }

  flush() {
    if (!this.filled) return;
    const pcm = this.frame.slice(0, this.filled);
    this.port.postMessage({ pcm, peak: this.peak }, [pcm.buffer]);
    this.filled = 0;
    this.peak = 0;
  }
}

registerProcessor("recorder", Recorder);
