// @ts-check
// What readers may see: screens hidden or shown, the room paused or live, and a message to the audience.

import { find, query, setText } from "../room/page.js";
import { StatusLine } from "./status_line.js";

/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @param {string} name */
const banner = (name) => query(document, `.banner.${name}`);

export class Visibility {
  status = new StatusLine(find("screens-report"));
  notice = find("notice", HTMLInputElement);

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
    find("hide").addEventListener("click", () => this.setHidden());
    find("pause").addEventListener("click", () => this.setPaused());
    find("notice-remove").addEventListener("click", () => this.setNotice(""));
    find("notice-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.sendNotice();
    });
    for (const preset of document.querySelectorAll(".preset")) {
      preset.addEventListener("click", () => this.setNotice(preset.textContent));
    }
    query(banner("paused"), "button").addEventListener("click", () => this.setPaused(false));
    query(banner("hidden-screens"), "button").addEventListener("click", () => this.setHidden(false));
    query(banner("message"), "button").addEventListener("click", () => this.setNotice(""));
  }

  /** @param {RoomView} view */
  show({ settings, showing }) {
    find("hide").setAttribute("aria-pressed", String(showing.is_hidden));
    find("pause").setAttribute("aria-pressed", String(showing.is_paused));
    setText(find("hide").firstChild, showing.is_hidden ? "Show screens" : "Hide screens");
    setText(find("pause").firstChild, showing.is_paused ? "Resume" : "Pause");
    banner("closed").hidden = settings.is_open;
    banner("paused").hidden = !showing.is_paused;
    banner("hidden-screens").hidden = !showing.is_hidden;
    banner("message").hidden = !showing.notice;
    setText(query(banner("message"), "q"), showing.notice);
    find("notice-remove").hidden = !showing.notice;
  }

  setHidden(isHidden = !this.room.showing.is_hidden) {
    return this.change({ is_hidden: isHidden }, isHidden ? "Screens are hidden." : "Screens show subtitles again.");
  }

  setPaused(isPaused = !this.room.showing.is_paused) {
    return this.change({ is_paused: isPaused }, isPaused ? "Paused: audio is ignored." : "Listening again.");
  }

  async sendNotice() {
    const text = this.notice.value.trim();
    if (!text) this.status.refused("Expected a message. Type one, or press Remove to remove the one that is shown.");
    else if ((await this.setNotice(text)) && this.notice.value.trim() === text) this.notice.value = "";
  }

  /** @param {string} notice */
  async setNotice(notice) {
    const focused = document.activeElement;
    const hadFocus = focused === find("notice-remove") || banner("message").contains(focused);
    const isDone = await this.change(
      { notice },
      notice ? "The audience sees your message." : "The message is removed.",
    );
    if (isDone && hadFocus) this.notice.focus();
    return isDone;
  }

  /**
   * @param {object} fields
   * @param {string} sentence
   */
  change(fields, sentence) {
    return this.status.run(async () => {
      await this.room.change(fields);
      return sentence;
    });
  }
}
