// @ts-check
// A panel whose script and markup are loaded when the operator opens it, or first sees it if it cannot be folded.

import { find, query } from "../room/page.js";
import { StatusLine } from "./status_line.js";

/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

const UNANSWERED = "The service does not answer, so this panel is empty. Close it, and open it again later.";

/** @typedef {{ show(view: RoomView): void }} Panel */

/** @template {Panel} [P=Panel] */
export class FoldedPanel {
  /** @type {P | null} */
  panel = null;
  /** @type {Promise<unknown> | null} */
  loading = null;

  /**
   * @param {string} id The id of the panel, whose last element is its line for reports.
   * @param {RoomWatcher} room
   * @param {(details: HTMLElement) => Promise<P>} load
   */
  constructor(id, room, load) {
    this.node = find(id);
    this.status = new StatusLine(query(this.node, ":scope > .report"));
    this.room = room;
    this.load = load;
    const { node } = this;
    if (node instanceof HTMLDetailsElement) node.addEventListener("toggle", () => node.open && this.fill());
    else {
      new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.fill()).observe(node);
      // who comes with the keyboard is there one key later
      node.parentElement?.addEventListener("focusin", () => this.fill(), { once: true });
    }
  }

  /** Open the panel; settles when it has its contents. */
  open() {
    if (this.node instanceof HTMLDetailsElement) this.node.open = true;
    return this.fill();
  }

  /** Load the contents, also while the panel stays folded. */
  fill() {
    this.loading ??= this.status.run(async () => {
      try {
        this.panel = await this.load(this.node);
      } catch {
        this.loading = null;
        throw new Error(UNANSWERED);
      }
      if (this.room.view) this.panel.show(this.room.view);
      return "";
    });
    return this.loading;
  }

  /** @param {RoomView} view */
  show(view) {
    this.panel?.show(view);
  }
}
