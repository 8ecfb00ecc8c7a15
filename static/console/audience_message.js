// @ts-check
// A message to the audience: typed or prepared, shown in a preview, sent, and undone for some seconds.

import { find } from "../room/page.js";
import { addPreview } from "./preview.js";
import { leaveField } from "./status_line.js";

/** @import { Preview } from "./preview.js" */
/** @import { Visibility } from "./visibility.js" */

const UNDO_MS = 5000;

export class AudienceMessage {
  /** @type {{ text: string, before: string } | null} The last change of the message, while it can be undone. */
  last = null;
  /** @type {number | undefined} */
  timer;
  /** @type {Element | null} What had the focus before the preview. */
  cameFrom = null;
  input = find("notice", HTMLInputElement);

  /**
   * @param {Visibility} visibility
   * @param {Preview} preview
   */
  constructor(visibility, preview) {
    this.visibility = visibility;
    this.status = visibility.noticeStatus;
    this.preview = preview;
    this.input.addEventListener("input", () => preview.close());
    find("notice-undo").addEventListener("click", () => this.undo());
  }

  /**
   * Show a text as the audience will see it.
   * @param {string} text
   */
  show(text) {
    if (!text) {
      this.status.refused("Expected a message. Type one, or press Remove to remove the one that is shown.");
      return;
    }
    this.status.show("", "");
    this.cameFrom = document.activeElement;
    this.preview.show(text);
  }

  back() {
    this.preview.close();
    if (this.cameFrom instanceof HTMLElement && this.cameFrom.isConnected) this.cameFrom.focus();
  }

  async send() {
    const text = this.preview.shown;
    if (!(await this.set(text))) return;
    this.preview.close();
    if (this.input.value.trim() === text) this.input.value = "";
    leaveField();
  }

  /**
   * Show a message to the audience, or none with "", and offer to undo that.
   * @param {string} text
   */
  async set(text) {
    const { room } = this.visibility;
    const before = room.showing.notice;
    const sentence = text ? "The audience sees your message." : "The message is removed.";
    const isDone = await this.visibility.change({ notice: text }, sentence, this.status);
    if (isDone) this.offerUndo(before === text ? null : { text, before });
    return isDone;
  }

  /** @param {{ text: string, before: string } | null} last */
  offerUndo(last) {
    clearTimeout(this.timer);
    this.last = last;
    find("notice-undo").hidden = !last;
    if (last) this.timer = setTimeout(() => this.offerUndo(null), UNDO_MS);
    else if (document.activeElement === find("notice-undo")) leaveField();
  }

  /** Show the message that was there before the last change. */
  async undo() {
    const { last, visibility } = this;
    if (!last) return;
    this.offerUndo(null);
    if (visibility.room.showing.notice !== last.text) {
      this.status.refused("Not undone: the message was changed elsewhere in the meantime.");
      return;
    }
    const sentence = last.before ? "The message that was there before is shown again." : "Your message is removed.";
    const isDone = await visibility.change({ notice: last.before }, sentence, this.status);
    if (isDone && last.text && !this.input.value) this.input.value = last.text;
    leaveField();
  }
}

/** @param {Visibility} visibility */
export async function makeAudienceMessage(visibility) {
  /** @type {AudienceMessage} */
  const message = new AudienceMessage(
    visibility,
    await addPreview(find("notice-form"), {
      title: "The audience will see:",
      send: "Send",
      onSend: () => message.send(),
      onBack: () => message.back(),
    }),
  );
  return message;
}
