// @ts-check
// The languages that the text is translated into, changed while people read.

import { codeOf, languageName, languages } from "../room/languages.js";
import { find, setText } from "../room/page.js";

/** @import { RoomResource, RoomStatus } from "../room/messages" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */
/** @import { StatusLine } from "./status_line.js" */

export class Targets {
  shown = "";
  offered = "";
  input = find("target", HTMLInputElement);
  always = find("translates_always", HTMLInputElement);

  /**
   * @param {RoomWatcher} room
   * @param {StatusLine} status
   */
  constructor(room, status) {
    this.room = room;
    this.status = status;
    find("target-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    this.always.addEventListener("change", () => this.switchAlways());
  }

  /** @param {RoomView} view */
  show({ settings, status }) {
    this.always.checked = settings.translates_always;
    setText(find("translation-note"), describeModel(settings));
    const codes = settings.translation?.targets ?? languages.map(({ code }) => code);
    if (this.offered !== codes.join()) {
      this.offered = codes.join();
      find("translatable").replaceChildren(...codes.map((code) => new Option("", languageName(code))));
    }
    const texts = settings.targets.map((code) => `${languageName(code)} · ${countReaders(status, code)}`);
    if (this.shown === texts.join()) return;
    this.shown = texts.join();
    const list = find("targets");
    const focused = [...list.children].indexOf(/** @type {Element} */ (document.activeElement));
    const chips = settings.targets.map((code, at) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "small chip";
      chip.textContent = `${texts[at]} ×`;
      chip.setAttribute("aria-label", `Remove ${languageName(code)}, ${countReaders(status, code)}`);
      chip.addEventListener("click", () => this.change(settings.targets.filter((other) => other !== code)));
      return chip;
    });
    list.replaceChildren(...(chips.length ? chips : ["No language."]));
    if (focused >= 0) (chips[Math.min(focused, chips.length - 1)] ?? this.input).focus();
  }

  async add() {
    const typed = this.input.value;
    const code = codeOf(typed) ?? this.offered.split(",").find((one) => one === typed.trim().toLowerCase());
    const before = this.room.settings?.targets;
    if (!before) this.status.refused("The languages of the room are not known yet; try again.");
    else if (!code) {
      this.status.refused(
        `Expected the name of a language, such as French, but got “${typed.trim()}”. Choose one from the list.`,
      );
    } else if (before.includes(code)) this.status.refused(`${languageName(code)} is already in the list.`);
    else if (await this.change([...before, code])) this.input.value = "";
  }

  /** @param {string[]} targets */
  change(targets) {
    return this.status.run(async () => {
      const { targets: now } = await this.room.change({ targets });
      return now.length
        ? `The text is translated into ${now.map(languageName).join(", ")}.`
        : "The text is translated into no language.";
    });
  }

  switchAlways() {
    return this.status.run(async () => {
      const { translates_always: isAlways } = await this.room.change({ translates_always: this.always.checked });
      return isAlways
        ? "Every language is translated all the time."
        : "Each language is translated while somebody reads it.";
    });
  }
}

/**
 * Say how many pages show a track.
 * @param {RoomStatus} status
 * @param {string} track
 */
function countReaders(status, track) {
  const count = status.readers.find((one) => one.track === track)?.n_readers ?? 0;
  return `${count} reading`;
}

/**
 * Say what translates, and whether the text leaves the machine.
 * @param {RoomResource} settings
 */
function describeModel({ translation }) {
  if (!translation) return "";
  const { model, sent_to: host } = translation;
  if (host) return `⚠ The text leaves the machine of the service: ${host} translates it with ${model}.`;
  return `The model ${model} translates on the machine of the service.`;
}
