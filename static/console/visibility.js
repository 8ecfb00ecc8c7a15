// What readers may see: screens hidden or shown, everybody heard or nobody, and a message to the audience.

import { Report, put } from "./status_line.js";

const find = (id) => document.getElementById(id);
const banner = (name) => document.querySelector(`.banner.${name}`);

export class Screens {
  constructor(room) {
    this.room = room;
    this.report = new Report(find("screens-report"));
    find("hide").addEventListener("click", () => this.hide());
    find("pause").addEventListener("click", () => this.pause());
    find("notice-remove").addEventListener("click", () => this.notify(""));
    find("notice-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    for (const preset of document.querySelectorAll(".preset"))
      preset.addEventListener("click", () => this.notify(preset.textContent));
    banner("paused").lastChild.addEventListener("click", () => this.pause(false));
    banner("hidden-screens").lastChild.addEventListener("click", () => this.hide(false));
    banner("message").lastChild.addEventListener("click", () => this.notify(""));
  }

  show({ settings, showing }) {
    find("hide").setAttribute("aria-pressed", showing.is_hidden);
    find("pause").setAttribute("aria-pressed", showing.is_paused);
    put(find("hide").firstChild, showing.is_hidden ? "Show screens" : "Hide screens");
    put(find("pause").firstChild, showing.is_paused ? "Resume" : "Pause");
    banner("closed").hidden = settings.is_open;
    banner("paused").hidden = !showing.is_paused;
    banner("hidden-screens").hidden = !showing.is_hidden;
    banner("message").hidden = !showing.notice;
    put(banner("message").querySelector("q"), showing.notice);
    find("notice-remove").hidden = !showing.notice;
  }

  hide(isHidden = !this.room.showing.is_hidden) {
    return this.change({ is_hidden: isHidden }, isHidden ? "Screens are hidden." : "Screens show subtitles again.");
  }

  pause(isPaused = !this.room.showing.is_paused) {
    return this.change({ is_paused: isPaused }, isPaused ? "Paused: nobody is listened to." : "Listening again.");
  }

  async send() {
    const text = find("notice").value.trim();
    if (!text) this.report.refused("Expected a message. Type one, or press Remove to take away the one on show.");
    else if ((await this.notify(text)) && find("notice").value.trim() === text) find("notice").value = "";
  }

  async notify(notice) {
    const hadFocus =
      document.activeElement === find("notice-remove") || banner("message").contains(document.activeElement);
    const isDone = await this.change(
      { notice },
      notice ? "The audience sees your message." : "The message is removed.",
    );
    if (isDone && hadFocus) find("notice").focus();
    return isDone;
  }

  change(fields, said) {
    return this.report.of(async () => {
      await this.room.change(fields);
      return said;
    });
  }
}
