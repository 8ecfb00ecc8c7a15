// @ts-check
// The last step: whether everything is ready, what the audience may hear and see, and the console.

import { clone, query, setText } from "../room/page.js";
import { openOnUse } from "./links.js";
import { Report } from "./report.js";

/** @import { RoomCard } from "./room_card.js" */
/** @import { PageName } from "./links.js" */

/** @typedef {"is_open" | "is_paused" | "is_hidden"} Field */

/** @type {Record<Field, { isOn: (value: boolean) => boolean, said: [on: string, off: string] }>} */
const SWITCHES = {
  is_open: { isOn: (value) => value, said: ["The room is open.", "The room is closed: nobody can join."] },
  is_paused: { isOn: (value) => !value, said: ["Listening again.", "Paused: sound is ignored."] },
  is_hidden: {
    isOn: (value) => !value,
    said: ["Screens show subtitles.", "Screens are blank. Phones still show them."],
  },
};
/** @type {PageName[]} */
const PAGES = ["operator", "stage"];

export class StartPanel {
  /**
   * @param {HTMLElement} place
   * @param {RoomCard} card
   */
  constructor(place, card) {
    this.card = card;
    this.node = clone("panel-start");
    this.report = new Report(query(this.node, ".report"));
    for (const page of PAGES) {
      const link = query(this.node, `.${page}`, HTMLAnchorElement);
      openOnUse(link, page, card.name, (error) => this.report.run(() => Promise.reject(error)));
    }
    /** @type {NodeListOf<HTMLInputElement>} */
    this.boxes = this.node.querySelectorAll("[data-field]");
    for (const box of this.boxes) box.addEventListener("change", () => this.switch(box));
    place.append(this.node);
  }

  /** @param {HTMLInputElement} box */
  async switch(box) {
    const field = /** @type {Field} */ (box.dataset.field);
    const { isOn, said } = SWITCHES[field];
    const isWanted = box.checked;
    await this.report.run(async () => {
      await this.card.change({ [field]: isOn(true) === isWanted });
      return said[isWanted ? 0 : 1];
    });
    this.update();
  }

  update() {
    const { room, steps } = this.card;
    const start = steps.find(({ id }) => id === "start");
    const verdict = query(this.node, ".verdict");
    setText(verdict, start?.sentence ?? "");
    verdict.classList.toggle("good", start?.state === "done");
    if (this.card.nPending) return;
    const values = { is_open: room.is_open, ...room.state.showing };
    for (const box of this.boxes) {
      const field = /** @type {Field} */ (box.dataset.field);
      box.checked = SWITCHES[field].isOn(values[field]);
    }
  }
}
