// @ts-check
// Which tracks the console shows as columns, and which column the keys act on.

import { trackName } from "../room/languages.js";
import { find } from "../room/page.js";

/** Up to so many tracks each have a button; more have a menu, and the first two are shown at first. */
const BUTTONS_MAX = 3;

export class TrackColumns {
  /** Tracks that are shown. */
  shown = ["original"];
  /** The column that was chosen last. */
  chosen = "";
  /** @type {string[]} Tracks of the room. */
  tracks = [];
  /** The only track that is shown, "" for several. */
  view = "";
  /** @type {Map<string, boolean>} What the operator has picked in the menu. */
  picked = new Map();

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /** The tracks that are shown side by side. */
  get group() {
    const isMany = this.tracks.length > BUTTONS_MAX;
    const group = this.tracks.filter((track, at) => this.picked.get(track) ?? (!isMany || at < 2));
    return group.length ? group : this.tracks;
  }

  /**
   * Offer the tracks of the room.
   * @param {string[]} tracks
   */
  offer(tracks) {
    if (tracks.join() === this.tracks.join()) return;
    this.tracks = tracks;
    if (tracks.length <= BUTTONS_MAX) {
      this.picked.clear();
      const views = tracks.length > 1 ? ["", ...tracks] : [];
      find("views").replaceChildren(...views.map((view) => this.makeButton(view)));
    }
    this.show(tracks.includes(this.view) ? this.view : "");
  }

  /** @param {string} view */
  makeButton(view) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = view ? trackName(view) : "All";
    button.dataset.view = view;
    button.addEventListener("click", () => this.show(view));
    return button;
  }

  /**
   * Show one track, or several with "".
   * @param {string} view
   */
  show(view) {
    this.view = view;
    this.shown = view ? [view] : this.group;
    this.chosen = this.shown[0];
    for (const button of find("views").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    if (this.tracks.length > BUTTONS_MAX)
      import("./column_menu.js").then(
        ({ showMenu }) => showMenu(this),
        () => {},
      );
    this.onChange();
  }

  /**
   * Show a track beside the others, or no longer.
   * @param {string} track
   * @param {boolean} isShown
   */
  pick(track, isShown) {
    for (const one of this.tracks) this.picked.set(one, one === track ? isShown : this.shown.includes(one));
    this.show("");
  }

  showNext() {
    const views = ["", ...this.tracks];
    this.show(views[(views.indexOf(this.view) + 1) % views.length]);
  }

  /**
   * Choose the column before or after the chosen one, among those that have a text.
   * @param {{ has(track: string): boolean }} texts
   * @param {number} step
   */
  step(texts, step) {
    const tracks = this.shown.filter((track) => texts.has(track));
    const index = tracks.indexOf(this.chosen) + step;
    this.chosen = tracks[Math.min(tracks.length - 1, Math.max(0, index))];
  }
}
