// @ts-check
// Who may join, and the links to the pages. The list of all links is loaded when it is opened.

import { readStored, store } from "../room/access_key.js";
import { copyText } from "../room/copy_text.js";
import { ONLY_HERE, deviceLink } from "../room/device_links.js";
import { READERS, SCREENS, SPEAKERS, findOrMakeKey, readersKey, updateMade } from "../room/keys.js";
import { find, query, setSentence, setText } from "../room/page.js";
import { ServiceError, messageOf, request } from "../room/rest.js";
import { StatusLine } from "./status_line.js";

/** @import { KeyWithSecret } from "../room/messages" */
/** @import { LinkList } from "./link_list.js" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @typedef {"is_open" | "is_public" | "offers_transcript"} Switch */

/** @type {Record<Switch, [on: string, off: string]>} */
const SENTENCES = {
  is_open: ["The room is open.", "The room is closed: nobody can join."],
  is_public: ["Everybody can read without a key.", "Only people with a link can read."],
  offers_transcript: ["Readers may download the transcript.", "Readers can no longer download the transcript."],
};
const SWITCHES = /** @type {Switch[]} */ (Object.keys(SENTENCES));
const COPIED_MS = 2000;
const WAS_OPEN = "console links";
const UNANSWERED = "The service does not answer, so the list of links is not ready. Open it again later.";

export class LinksPanel {
  status = new StatusLine(find("sharing-report"));
  /** @type {KeyWithSecret | null} The key of the links for readers; null where none is needed. */
  viewer = null;
  /** @type {(KeyWithSecret | null)[]} The keys of the links that this panel shows. */
  made = [];
  /** Where other devices open the pages, null if only this machine can. */
  address = /** @type {string | null} */ (null);
  /** The short code of a public room, else "". */
  code = "";
  /** The link in the QR code that is shown, "" for none. */
  drawn = "";
  /** @type {Switch | ""} The switch whose change is on its way. */
  switching = "";
  /** @type {LinkList | null} Loaded when it is needed first. */
  list = null;
  details = find("room-links", HTMLDetailsElement);

  /**
   * @param {RoomWatcher} room
   * @param {() => void} onNewKey Called when this page has another key.
   */
  constructor(room, onNewKey) {
    this.room = room;
    this.onNewKey = onNewKey;
    this.name = room.rest.room;
    for (const id of SWITCHES) find(id).addEventListener("change", () => this.switch(id));
    find("copy").addEventListener("click", () => this.copy());
    find("qr-show").addEventListener("click", () => this.toggleQr());
    this.details.addEventListener("toggle", () => this.toggleList());
    this.details.open = readStored("localStorage", WAS_OPEN) === "open";
    addEventListener("storage", () => this.follow());
    this.ready = this.makeLinks();
    query(find("sharing"), "fieldset", HTMLFieldSetElement).disabled = false;
  }

  async toggleList() {
    store("localStorage", this.details.open ? "open" : "", WAS_OPEN);
    try {
      const { LinkList } = await import("./link_list.js");
      this.list ??= new LinkList(this);
    } catch {
      this.status.refused(UNANSWERED);
    }
  }

  async makeLinks() {
    try {
      const [viewer, screens, speaker] = [
        await findOrMakeKey(this.name, "viewer", READERS),
        await findOrMakeKey(this.name, "viewer", SCREENS),
        await findOrMakeKey(this.name, "source", SPEAKERS),
      ];
      this.made = [viewer, screens, speaker];
      for (const page of ["stage", "overlay", "builder"])
        find(page, HTMLAnchorElement).href = this.pathOf(page, screens);
      find("microphone", HTMLAnchorElement).href = this.pathOf("microphone", speaker);
      this.showReaders(viewer);
    } catch (error) {
      const unanswered = "The service does not answer, so the links are not ready. Reload this page.";
      this.status.refused(messageOf(error, unanswered));
    }
  }

  /** Use the key for readers that another tab of this browser has made or renewed. */
  follow() {
    const now = readersKey(this.name);
    if (!now || !this.viewer || now.key === this.viewer.key) return;
    this.made[0] = now;
    this.showReaders(now);
  }

  /** @param {KeyWithSecret | null} viewer */
  showReaders(viewer) {
    this.viewer = viewer;
    for (const page of ["slide", "poster"]) find(page, HTMLAnchorElement).href = this.pathOf(page, viewer);
    this.showAudience();
  }

  /**
   * @param {string} page
   * @param {KeyWithSecret | null} made
   */
  pathOf(page, made) {
    return `/${page}/${encodeURIComponent(this.name)}${made ? `#${made.key}` : ""}`;
  }

  /** The link for readers on this machine or, if they can open it, on other devices; the short one of a public room. */
  get audienceLink() {
    const path = this.code ? `/c/${this.code}` : this.pathOf("v", this.viewer);
    return deviceLink(this.address, path.slice(1)) ?? path;
  }

  showAudience() {
    find("audience", HTMLAnchorElement).href = this.audienceLink;
    if (this.drawn) this.refreshQr().catch((error) => this.status.refused(messageOf(error)));
  }

  /** @param {RoomView} view */
  show({ settings, showing }) {
    const now = { ...settings, offers_transcript: showing.offers_transcript };
    for (const id of SWITCHES) if (this.switching !== id) find(id, HTMLInputElement).checked = now[id];
    this.address = settings.address;
    this.code = (settings.is_public && settings.code) || "";
    this.showAudience();
    const typed = this.address?.startsWith("https:") ? this.address : this.address && new URL(this.address).host;
    const short = this.code && typed && `${typed}/c/${this.code}`;
    const who = short
      ? `Everybody can read at ${short}`
      : this.code
        ? "Everybody can read."
        : "Only people with a link can read.";
    setSentence(find("code"), this.address ? who : `${who} ${ONLY_HERE}`);
  }

  /** @param {Switch} id */
  async switch(id) {
    const box = find(id, HTMLInputElement);
    const isOn = box.checked;
    this.switching = id;
    const isDone = await this.status.run(async () => {
      const { n_disconnected: n = 0 } = await this.room.change({ [id]: isOn });
      const left = n ? ` Disconnected: ${n}, because the room does not let them in now.` : "";
      return SENTENCES[id][isOn ? 0 : 1] + left;
    });
    this.switching = "";
    if (!isDone) box.checked = !isOn;
  }

  async copy() {
    await this.ready;
    const { href } = find("audience", HTMLAnchorElement);
    const label = find("copy").firstChild;
    if (href && (await copyText(href))) {
      setText(label, "Copied ");
      setTimeout(() => setText(label, "Copy audience link "), COPIED_MS);
      if (!this.address) this.status.refused(`The link is copied. ${ONLY_HERE}`);
    } else {
      const blocked = "Copying was blocked. Right-click Audience and choose “Copy link address”.";
      this.status.refused(href ? blocked : "There is no link to copy yet. Try again in a moment.");
    }
  }

  async toggleQr() {
    const box = find("qr");
    const willShow = box.hidden;
    if (willShow && !this.address) {
      this.status.refused(ONLY_HERE);
      return;
    }
    box.hidden = !willShow;
    find("qr-show").setAttribute("aria-expanded", String(willShow));
    if (!willShow) return;
    this.drawn = "";
    const isDone = await this.status.run(async () => {
      await this.ready;
      await this.refreshQr();
      return "People who scan the code can read along.";
    });
    if (!isDone) box.hidden = true;
  }

  /** Draw the QR code again if it is shown and its link has changed. */
  async refreshQr() {
    const [image, link] = find("qr").children;
    const wanted = this.audienceLink;
    const isImage = image instanceof HTMLImageElement && link instanceof HTMLAnchorElement;
    if (find("qr").hidden || this.drawn === wanted || !isImage) return;
    this.drawn = wanted;
    const drawn = await this.drawQr();
    URL.revokeObjectURL(image.src);
    image.src = link.href = drawn;
    link.download = `${this.name}.svg`;
  }

  /** Return the address of the QR code of the link for readers. */
  async drawQr() {
    this.room.rest.expectConnection();
    if (!this.viewer) throw new Error("The links are not ready yet. Try again in a moment.");
    try {
      return await drawCode(this.name, this.viewer);
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === "access" && this.viewer)) throw error;
      // another console has renewed the key: this browser has only the old link
      const { id } = this.viewer;
      updateMade(this.name, (made) => (made.id === id ? null : made));
      await this.makeLinks();
      return drawCode(this.name, this.viewer);
    }
  }
}

/**
 * Return the address of the QR code of a link, which lasts as long as this page.
 * @param {string} room
 * @param {{ key: string, role: string } | null} made The key of the link, for reading or for speaking.
 */
export async function drawCode(room, made) {
  const wanted = made?.role === "source" ? "?role=source" : "";
  const address = `/qr/${encodeURIComponent(room)}.svg${wanted}`;
  return URL.createObjectURL(await (await request(address, { accessKey: made?.key ?? "" })).blob());
}
