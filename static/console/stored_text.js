// @ts-check
// The stored text of the room: how long it is stored, its download, and its erasure.

import { trackName } from "../room/languages.js";
import { find, query, setText } from "../room/page.js";
import { download } from "../room/rest.js";
import { fetchPart } from "./parts.js";
import { StatusLine } from "./status_line.js";

/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

class StoredText {
  tracks = "";
  /** @type {number | null} */
  hours = null;
  /** @type {Awaited<ReturnType<typeof import("./privacy_notice.js").makePrivacyNotice>> | null} Fetched when the operator opens it. */
  notice = null;
  status = new StatusLine(find("stored-report"));
  hoursInput = find("retention", HTMLInputElement);
  trackSelect = find("export-track", HTMLSelectElement);
  formatSelect = find("export-format", HTMLSelectElement);
  nameInput = find("erase-name", HTMLInputElement);

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
    this.name = room.rest.room;
    setText(query(find("erase-form"), "b"), this.name);
    find("privacy").addEventListener("toggle", () => this.openNotice());
    const forms = {
      "retention-form": () => this.change(),
      "export-form": () => this.download(),
      "erase-form": () => this.erase(),
    };
    for (const [id, act] of Object.entries(forms)) {
      find(id).addEventListener("submit", (event) => {
        event.preventDefault();
        act();
      });
    }
  }

  /** @param {RoomView} view */
  show(view) {
    const { settings, status } = view;
    this.notice?.show(view);
    const hours = settings.retention_h;
    if (this.hours !== hours) {
      const { value } = this.hoursInput;
      if (value === "" || Number(value) === this.hours) this.hoursInput.value = String(hours);
      this.hours = hours;
    }
    const place = hours ? `for ${hours} h` : "in memory only";
    setText(find("retention-say"), `Captions are stored ${place}; sound is never stored.`);
    if (this.tracks === status.tracks.join()) return;
    this.tracks = status.tracks.join();
    const chosen = this.trackSelect.value;
    this.trackSelect.replaceChildren(...status.tracks.map((track) => new Option(trackName(track), track)));
    if (status.tracks.includes(chosen)) this.trackSelect.value = chosen;
  }

  change() {
    return this.status.run(async () => {
      const { retention_h: hours } = await this.room.change({ retention_h: Number(this.hoursInput.value) });
      return `From now on captions are stored ${hours ? `for ${hours} h` : "in memory only"}.`;
    });
  }

  download() {
    return this.status.run(async () => {
      const [track, format] = [this.trackSelect.value, this.formatSelect.value];
      const name = `${this.name}${track === "original" ? "" : `.${track}`}.${format}`;
      this.room.rest.expectConnection();
      await download(`/transcript/${encodeURIComponent(this.name)}.${format}?lang=${encodeURIComponent(track)}`, name);
      return `${name} is downloaded.`;
    });
  }

  openNotice() {
    if (this.notice) return;
    return this.status.run(async () => {
      const { makePrivacyNotice } = await import("./privacy_notice.js");
      this.notice ??= await makePrivacyNotice(this.room);
      if (this.room.view) this.notice.show(this.room.view);
      return "";
    });
  }

  /** Erase all captions after the operator has typed the name of the room. */
  async erase() {
    const isDone = await this.status.run(async () => {
      const typed = this.nameInput.value.trim();
      if (typed !== this.name)
        throw new Error(`Not erased: expected the name of the room, ${this.name}, got “${typed}”.`);
      // fetched first, so that no erasure is without its receipt
      const { showReceipt } = await import("./erase_receipt.js");
      showReceipt(this.name, await this.room.rest.send("DELETE", "/captions"));
      return "All captions are erased.";
    });
    if (isDone) this.nameInput.value = "";
  }
}

/**
 * Fill the panel of the stored text.
 * @param {RoomWatcher} room
 * @param {HTMLElement} details
 */
export async function openStoredText(room, details) {
  details.lastElementChild?.before(...(await fetchPart("stored_text")));
  return new StoredText(room);
}
