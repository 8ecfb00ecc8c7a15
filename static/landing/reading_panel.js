// @ts-check
// The third step: the QR code, the short code and the link with which people read.

import { deviceLink, ONLY_HERE } from "../room/device_links.js";
import { clone, query, setSentence, setText } from "../room/page.js";
import { request } from "../room/rest.js";
import { shortAddress } from "./checklist.js";
import { fetchAddresses, fragmentOf, openOnUse, pathOf } from "./links.js";
import { Report } from "./report.js";

/** @import { RoomCard } from "./room_card.js" */
/** @import { PageName } from "./links.js" */

/** @type {PageName[]} */
const PAGES = ["v", "slide", "poster"];

export class ReadingPanel {
  /** What the QR code on the page is for, "" for none. */
  drawn = "";
  isTitleTyped = false;

  /**
   * @param {HTMLElement} place
   * @param {RoomCard} card
   */
  constructor(place, card) {
    this.card = card;
    this.node = clone("panel-reading");
    this.report = new Report(query(this.node, ".report"));
    this.image = query(this.node, "img", HTMLImageElement);
    this.button = query(this.node, ".show");
    this.box = query(this.node, ".public", HTMLInputElement);
    this.title = query(this.node, ".title-form input", HTMLInputElement);
    for (const page of PAGES) {
      const link = query(this.node, `.${page}`, HTMLAnchorElement);
      openOnUse(link, page, card.name, (error) => this.report.run(() => Promise.reject(error)));
    }
    query(this.node, ".copy").addEventListener("click", () => this.copy());
    this.button.addEventListener("click", () => this.report.run(() => this.draw()));
    this.box.addEventListener("change", () => this.setPublic(this.box.checked));
    this.title.addEventListener("input", () => {
      this.isTitleTyped = true;
    });
    query(this.node, ".title-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.saveTitle();
    });
    this.report.run(() => this.showTrust());
    place.append(this.node);
  }

  /** Say where phones get the certificate that they must trust, if it is one of our own. */
  async showTrust() {
    const { certificate_page: page } = await fetchAddresses();
    const link = query(this.node, ".trust a", HTMLAnchorElement);
    link.href = page ?? "";
    setText(link, page ?? "");
    query(this.node, ".trust").hidden = !page;
    return "";
  }

  update() {
    const { address, is_public: isPublic, code, title } = this.card.room;
    const short = isPublic && code && address ? shortAddress(address, code) : "";
    this.showShort(short, isPublic);
    query(this.node, ".only-here").hidden = Boolean(address);
    setSentence(this.node.querySelector(".only-here"), ONLY_HERE);
    if (!this.card.nPending) this.box.checked = isPublic;
    if (!this.isTitleTyped) this.title.value = title;
    const wanted = `${address} ${isPublic} ${code}`;
    if (this.drawn && this.drawn !== wanted) this.forgetCode();
    this.button.hidden = !address || Boolean(this.drawn);
    this.image.hidden = !this.drawn;
    // the code of a public room contains no key, so it is shown without being asked for
    if (short && !this.drawn) this.report.run(() => this.draw());
  }

  /**
   * @param {string} address The short address, "" for none.
   * @param {boolean} isPublic
   */
  showShort(address, isPublic) {
    const place = query(this.node, ".short");
    const at = address.indexOf("/c/");
    const [start, end] = place.children;
    // a narrow screen breaks the line before the code, not inside it
    setText(start, address ? address.slice(0, at) : isPublic ? "" : "Private: people need the link or the QR code.");
    setText(end, address ? address.slice(at) : "");
    place.classList.toggle("big", Boolean(address));
  }

  forgetCode() {
    URL.revokeObjectURL(this.image.src);
    this.drawn = "";
  }

  /** Show the QR code; a private room's contains a key for reading, which is made now. */
  async draw() {
    const { address, is_public: isPublic, code } = this.card.room;
    this.drawn = `${address} ${isPublic} ${code}`;
    try {
      const accessKey = isPublic ? "" : (await fragmentOf("v", this.card.name)).slice(1);
      const answer = await request(`/qr/${encodeURIComponent(this.card.name)}.svg`, { accessKey });
      this.image.src = URL.createObjectURL(await answer.blob());
    } catch (error) {
      this.forgetCode();
      throw error;
    }
    if (!isPublic) this.card.markShared();
    this.update();
    return isPublic ? "" : "Everybody who scans the code can read.";
  }

  async copy() {
    const { name, room } = this.card;
    await this.report.copy(async () => {
      if (!room.address) throw new Error(ONLY_HERE);
      if (room.is_public && room.code) return `${room.address}/c/${room.code}`;
      const link = deviceLink(room.address, pathOf("v", name), await fragmentOf("v", name)) ?? "";
      this.card.markShared();
      return link;
    }, "Copied. Send the link to the people who read.");
  }

  /** @param {boolean} isPublic */
  async setPublic(isPublic) {
    await this.report.run(async () => {
      const { n_disconnected: n = 0 } = await this.card.change({ is_public: isPublic });
      const left = n ? ` Disconnected, because they have no key: ${n}.` : "";
      return isPublic ? "Everybody can read without a key now." : `Only people with a link can read now.${left}`;
    });
    this.update();
  }

  async saveTitle() {
    await this.report.run(async () => {
      const { title } = await this.card.change({ title: this.title.value });
      this.isTitleTyped = false;
      this.update();
      return title ? `People see “${title}”.` : "The room has no title now; people see its short name.";
    });
  }
}
