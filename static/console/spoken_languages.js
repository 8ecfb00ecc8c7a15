// @ts-check
// The spoken languages, the task and the languages of translation, changed while people speak.

import { codeOf, languageName, languages } from "../room/languages.js";
import { find } from "../room/page.js";
import { fetchPart } from "./parts.js";
import { StatusLine } from "./status_line.js";
import { Targets } from "./targets.js";

/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

const TASKS = {
  transcribe: "Speech is transcribed.",
  translate: "Speech is transcribed and translated to English.",
};

class SpokenLanguages {
  /** @type {string | null} */
  shown = null;
  status = new StatusLine(find("speech-report"));
  input = find("language", HTMLInputElement);
  tasks = find("task").querySelectorAll("button");

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
    this.targets = new Targets(room, this.status);
    find("known").append(...languages.map(({ name }) => new Option("", name)));
    find("language-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    find("follow").addEventListener("click", () => this.change({ languages: [] }));
    for (const button of this.tasks) button.addEventListener("click", () => this.change({ task: button.dataset.task }));
  }

  /** @param {RoomView} view */
  show(view) {
    const { settings } = view;
    this.targets.show(view);
    for (const button of this.tasks) {
      button.setAttribute("aria-pressed", String(button.dataset.task === settings.task));
    }
    if (this.shown === settings.languages.join()) return;
    this.shown = settings.languages.join();
    const list = find("languages");
    const hadFocus = list.contains(document.activeElement);
    const chips = settings.languages.map((code) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "small chip";
      chip.textContent = `${languageName(code)} ×`;
      chip.setAttribute("aria-label", `Remove ${languageName(code)}`);
      const others = settings.languages.filter((other) => other !== code);
      chip.addEventListener("click", () => this.change({ languages: others }));
      return chip;
    });
    list.replaceChildren(...(chips.length ? chips : ["All languages are recognised."]));
    if (hadFocus) (chips[0] ?? this.input).focus();
  }

  async add() {
    const typed = this.input.value;
    const code = codeOf(typed);
    const before = this.room.settings?.languages;
    if (!before) this.status.refused("The languages of the room are not known yet; try again.");
    else if (!code) {
      this.status.refused(
        `Expected the name of a language, such as German, but got “${typed.trim()}”. Choose one from the list.`,
      );
    } else if (before.includes(code)) this.status.refused(`${languageName(code)} is already in the list.`);
    else if (await this.change({ languages: [...before, code] })) this.input.value = "";
  }

  /** @param {{ languages?: string[], task?: string }} fields */
  change(fields) {
    return this.status.run(async () => {
      const { languages: now, task } = await this.room.change(fields);
      if (fields.task) return TASKS[task];
      return now.length
        ? `From now on: ${now.map(languageName).join(", ")}.`
        : "From now on all languages are recognised.";
    });
  }
}

/**
 * Fill the panel of languages and task.
 * @param {RoomWatcher} room
 * @param {HTMLElement} details
 */
export async function openSpokenLanguages(room, details) {
  details.lastElementChild?.before(...(await fetchPart("spoken_languages")));
  return new SpokenLanguages(room);
}
