// @ts-check
// A panel that is folded at first: its script and its markup are loaded when the operator opens it.

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
    this.details = find(id, HTMLDetailsElement);
    this.status = new StatusLine(query(this.details, ":scope > .report"));
    this.room = room;
    this.load = load;
    this.details.addEventListener("toggle", () => this.details.open && this.fill());
  }

  /** Open the panel; settles when it has its contents. */
  open() {
    this.details.open = true;
    return this.fill();
  }

  /** Load the contents, also while the panel stays folded. */
  fill() {
    this.loading ??= this.status.run(async () => {
      try {
        this.panel = await this.load(this.details);
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
