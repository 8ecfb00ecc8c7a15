// @ts-check
// Debugging details, in a corner of the overlay.

/** @import { Caption } from "../room/messages" */
/** @import { SubtitleView } from "../room/subtitle_view.js" */

const DRAW_MS = 500;

export class DebugView {
  status = "connecting";
  behindS = 0;
  /** Smallest difference between this machine's clock and the room's audio clock, in seconds. */
  leastOffsetS = Infinity;
  /** @type {{ caption: Caption, at: number, laterS: number } | null} */
  last = null;

  /**
   * @param {HTMLElement} node
   * @param {SubtitleView} view
   */
  constructor(node, view) {
    this.node = node;
    this.view = view;
    node.hidden = false;
    setInterval(() => this.draw(), DRAW_MS);
  }

  /** @param {Caption} caption */
  receive(caption) {
    // the two clocks differ; a delay still shows in comparison with the fastest caption so far
    const offsetS = performance.now() / 1000 - caption.end_s;
    this.leastOffsetS = Math.min(this.leastOffsetS, offsetS);
    this.last = { caption, at: performance.now(), laterS: offsetS - this.leastOffsetS };
  }

  draw() {
    const { view } = this;
    const lines = [
      this.status,
      `shows ${view.wanted.join(" and ")} of ${view.tracks.join(", ")}`,
      `sound waiting: ${this.behindS} s`,
    ];
    if (this.last) {
      const { caption, at, laterS } = this.last;
      const agoS = (performance.now() - at) / 1000;
      lines.push(
        `epoch ${caption.epoch}, seq ${caption.seq ?? "-"}, phrase ${caption.phrase}, rev ${caption.rev}, ${caption.track}, ${caption.state}`,
        `last text ${agoS.toFixed(1)} s ago, ${laterS.toFixed(1)} s later than the fastest`,
      );
    }
    this.node.textContent = lines.join("\n");
  }
}
