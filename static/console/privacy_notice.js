// @ts-check
// The operator's notice on data protection, which readers and speakers see beside what the service knows.

import { find, setText } from "../room/page.js";
import { addPreview } from "./preview.js";
import { StatusLine } from "./status_line.js";

/** @import { Preview } from "./preview.js" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

class PrivacyNotice {
  /** @type {string | null} The saved notice that the text began with. */
  base = null;
  status = new StatusLine(find("privacy-report"));
  input = find("privacy-notice", HTMLTextAreaElement);

  /**
   * @param {RoomWatcher} room
   * @param {Preview} preview
   */
  constructor(room, preview) {
    this.room = room;
    this.preview = preview;
    this.input.addEventListener("input", () => {
      preview.close();
      this.render();
    });
    find("privacy-form").addEventListener("submit", (event) => {
      event.preventDefault();
      preview.show(this.input.value || "There is no notice.");
    });
  }

  /** @param {RoomView} view */
  show({ settings }) {
    const saved = settings.privacy_notice;
    // what is typed and not saved stays, also what was typed before this script was there
    if (this.input.value === (this.base ?? "")) this.input.value = saved;
    this.base = saved;
    this.render();
  }

  render() {
    setText(find("privacy-state"), this.input.value === this.base ? "" : "Not saved yet.");
  }

  back() {
    this.preview.close();
    this.input.focus();
  }

  save() {
    return this.status.run(async () => {
      const sent = this.input.value;
      const { privacy_notice: saved } = await this.room.change({ privacy_notice: sent });
      if (this.input.value === sent) this.input.value = saved;
      this.back();
      this.render();
      return saved ? "Saved. Readers and speakers see it under “Data protection”." : "Saved. There is no notice.";
    });
  }
}

/** @param {RoomWatcher} room */
export async function makePrivacyNotice(room) {
  /** @type {PrivacyNotice} */
  const notice = new PrivacyNotice(
    room,
    await addPreview(find("privacy-notice"), {
      title: "Readers and speakers will see:",
      send: "Save",
      onSend: () => notice.save(),
      onBack: () => notice.back(),
    }),
  );
  return notice;
}
