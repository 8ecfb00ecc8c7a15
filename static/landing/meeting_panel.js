// @ts-check
// The fourth step: the overlay for OBS, scene collections with it, and the meeting's own captions.

import { clone, query } from "../room/page.js";
import { request } from "../room/rest.js";
import { fetchAddresses, fragmentOf, openOnUse, pathOf } from "./links.js";
import { Report } from "./report.js";

/** @import { RoomCard } from "./room_card.js" */
/** @import { PageName } from "./links.js" */

/** The overlay's address in the files. */
const PLACEHOLDER = /"url": "http:\/\/127\.0\.0\.1:8000\/overlay\/main"/;
/** @type {PageName[]} */
const PAGES = ["builder", "operator"];

export class MeetingPanel {
  /**
   * @param {HTMLElement} place
   * @param {RoomCard} card
   */
  constructor(place, card) {
    this.card = card;
    const node = clone("panel-meeting");
    this.report = new Report(query(node, ".report"));
    for (const page of PAGES) {
      const link = query(node, `.${page}`, HTMLAnchorElement);
      openOnUse(link, page, card.name, (error) => this.report.run(() => Promise.reject(error)));
    }
    const done = "Copied. In OBS: Sources, +, Browser; paste it as the URL.";
    query(node, ".copy").addEventListener("click", () => this.report.copy(() => this.overlay(), done));
    /** @type {NodeListOf<HTMLElement>} */
    const systems = node.querySelectorAll("[data-system]");
    for (const button of systems) {
      button.addEventListener("click", () => this.report.run(() => this.save(button.dataset.system ?? "")));
    }
    place.append(node);
  }

  /** Return the overlay's link for OBS, which opens the same address as this browser, but trusts no certificate of ours. */
  async overlay() {
    const { name } = this.card;
    const { own, certificate_page: page } = await fetchAddresses();
    const address = page ? own : location.origin;
    return `${address}/${pathOf("overlay", name)}${await fragmentOf("overlay", name)}`;
  }

  /**
   * Save a scene collection with this room's overlay.
   * @param {string} system
   */
  async save(system) {
    const file = `surtitle-${system}.json`;
    const content = await (await request(`/obs/${file}`)).text();
    const filled = content.replace(PLACEHOLDER, `"url": ${JSON.stringify(await this.overlay())}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([filled], { type: "application/json" }));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return `Saved ${file}. In OBS: Scene Collection, Import; then choose Surtitle in the same menu.`;
  }

  update() {
    // nothing here depends on the state of the room
  }
}
