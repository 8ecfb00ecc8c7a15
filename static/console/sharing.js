// @ts-check
// Who may join, and the links to the pages, each with a key of its own.

import { makeKey } from "../room/keys.js";
import { find, setText } from "../room/page.js";
import { messageOf, request } from "../room/rest.js";
import { StatusLine } from "./status_line.js";

/** @import { KeyList } from "./key_list.js" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @typedef {"is_open" | "is_public" | "offers_transcript"} Switch */

/** @type {Record<Switch, [on: string, off: string]>} */
const SENTENCES = {
  is_open: ["The room is open.", "The room is closed: nobody can join."],
  is_public: ["Anybody may read without a key.", "Only people with a key may read."],
  offers_transcript: ["Readers may download the transcript.", "Readers can no longer download the transcript."],
};
const SWITCHES = /** @type {Switch[]} */ (Object.keys(SENTENCES));
const PAGES = { audience: "v", stage: "stage", overlay: "overlay", builder: "builder" };
const COPIED_MS = 2000;
const UNANSWERED = "The service does not answer, so the list of keys is not ready. Open it again later.";

export class Sharing {
  status = new StatusLine(find("sharing-report"));
  /** `#KEY` of the links for readers. */
  viewer = "";
  /** @type {Switch | ""} The switch whose change is on its way. */
  switching = "";
  /** @type {KeyList | null} Loaded when it is needed first. */
  keys = null;

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
    find("room-keys").addEventListener("toggle", () => this.listKeys());
    this.makeLinks();
  }

  async listKeys() {
    try {
      const module = await import("./key_list.js");
      this.keys ??= new module.KeyList(this);
    } catch {
      this.status.refused(UNANSWERED);
    }
  }

  async makeLinks() {
    /** @type {(page: string, fragment: string) => string} */
    const address = (page, fragment) => `/${page}/${encodeURIComponent(this.name)}${fragment}`;
    try {
      this.viewer = await makeKey(this.name, "viewer", "made on the console");
      for (const [id, page] of Object.entries(PAGES)) find(id, HTMLAnchorElement).href = address(page, this.viewer);
      const speaker = await makeKey(this.name, "source", "made on the console");
      find("microphone", HTMLAnchorElement).href = address("microphone", speaker);
    } catch (error) {
      const unanswered = "The service does not answer, so the links are not ready. Reload this page.";
      this.status.refused(messageOf(error, unanswered));
    }
  }

  /** @param {RoomView} view */
  show({ settings, showing }) {
    const now = { ...settings, offers_transcript: showing.offers_transcript };
    for (const id of SWITCHES) if (this.switching !== id) find(id, HTMLInputElement).checked = now[id];
    const address = settings.is_public && settings.code && `${location.host}/c/${settings.code}`;
    setText(find("code"), address ? `Anybody can read at ${address}` : "Only people with a link can read.");
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
    const { href } = find("audience", HTMLAnchorElement);
    const label = find("copy").firstChild;
    try {
      if (!href) throw new Error("There is no link yet.");
      await navigator.clipboard.writeText(href);
      setText(label, "Copied ");
      setTimeout(() => setText(label, "Copy audience link "), COPIED_MS);
    } catch {
      this.status.refused("Copying was blocked. Right-click Audience and choose “Copy link address”.");
    }
  }

  async toggleQr() {
    const box = find("qr");
    const [image, link] = box.children;
    if (!(image instanceof HTMLImageElement && link instanceof HTMLAnchorElement)) return;
    const wasShown = !box.hidden;
    box.hidden = wasShown;
    find("qr-show").setAttribute("aria-expanded", String(!wasShown));
    URL.revokeObjectURL(image.src);
    if (wasShown) return;
    await this.status.run(async () => {
      this.room.rest.expectConnection();
      const address = `/qr/${encodeURIComponent(this.name)}.svg`;
      const blob = await (await request(address, { accessKey: this.viewer.slice(1) })).blob();
      image.src = link.href = URL.createObjectURL(blob);
      link.download = `${this.name}.svg`;
      return "People who scan the code can read along.";
    });
  }
}
