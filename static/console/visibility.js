// @ts-check
// What readers may see: screens hidden or shown, the room paused or live, and a message to the audience.

import { find, query, setText } from "../room/page.js";
import { StatusLine, leaveField } from "./status_line.js";

/** @import { AudienceMessage } from "./audience_message.js" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @param {string} name */
const banner = (name) => query(document, `.banner.${name}`);

export class Visibility {
  status = new StatusLine(find("screens-report"));
  noticeStatus = new StatusLine(find("notice-report"));
  /** @type {AudienceMessage | null} */
  message = null;
  /** @type {Promise<AudienceMessage> | null} Loaded when it is needed first. */
  loading = null;

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
    find("hide").addEventListener("click", () => this.setHidden());
    find("pause").addEventListener("click", () => this.setPaused());
    find("notice-remove").addEventListener("click", () => this.setNotice(""));
    find("notice").addEventListener("focus", () => this.load());
    find("notice-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.preview(find("notice", HTMLInputElement).value.trim());
    });
    // a button here is a message that is prepared: `data-text`, or else its label
    find("templates").addEventListener("click", ({ target }) => {
      const button = target instanceof Element && target.closest("button");
      if (button) this.preview(button.dataset.text ?? button.textContent.trim());
    });
    query(banner("paused"), "button").addEventListener("click", () => this.setPaused(false));
    query(banner("hidden-screens"), "button").addEventListener("click", () => this.setHidden(false));
    query(banner("message"), "button").addEventListener("click", () => this.setNotice(""));
  }

  load() {
    this.loading ??= import("./audience_message.js")
      .then(({ makeAudienceMessage }) => makeAudienceMessage(this))
      .then((message) => (this.message = message));
    this.loading.catch(() => {
      this.loading = null;
      this.noticeStatus.refused("The service does not answer, so no message can be written. Try again later.");
    });
    return this.loading;
  }

  /**
   * Show a message as the audience will see it, to send it from there.
   * @param {string} text
   */
  async preview(text) {
    (await this.load()).show(text);
  }

  /** Undo the last change of the message, if it can be undone; returns whether it can. */
  undo() {
    if (!this.message?.last) return false;
    this.message.undo();
    return true;
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

  /** @param {string} notice */
  async setNotice(notice) {
    const focused = document.activeElement;
    const hadFocus = focused === find("notice-remove") || banner("message").contains(focused);
    const isDone = await (await this.load()).set(notice);
    if (isDone && hadFocus) leaveField();
    return isDone;
  }

  /**
   * @param {object} fields
   * @param {string} sentence
   * @param {StatusLine} [status]
   */
  change(fields, sentence, status = this.status) {
    return status.run(async () => {
      await this.room.change(fields);
      return sentence;
    });
  }
}
