// What is spoken and what becomes of it: languages and task, changed while people speak.

import { languageName, languages } from "../room/language_names.js";
import { Report } from "./status_line.js";

const find = (id) => document.getElementById(id);
const TASKS = {
  transcribe: "What is said is written down.",
  translate: "What is said is written down, and translated to English.",
};

/** The code of a language that was typed as a name or a code, if there is one. */
export function codeOf(typed) {
  const wanted = typed.trim().toLowerCase();
  return languages.find(([code, name]) => code === wanted || name.toLowerCase() === wanted)?.[0];
}

export class Speech {
  constructor(room) {
    Object.assign(this, { room, shown: null, report: new Report(find("speech-report")) });
    find("known").append(...languages.map(([, name]) => new Option("", name)));
    find("language-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    find("follow").addEventListener("click", () => this.change({ languages: [] }));
    for (const button of find("task").querySelectorAll("button"))
      button.addEventListener("click", () => this.change({ task: button.dataset.task }));
  }

  show({ settings }) {
    for (const button of find("task").querySelectorAll("button"))
      button.setAttribute("aria-pressed", button.dataset.task === settings.task);
    if (this.shown === settings.languages.join()) return;
    this.shown = settings.languages.join();
    const hadFocus = find("languages").contains(document.activeElement);
    const chips = settings.languages.map((code) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "small chip";
      chip.textContent = `${languageName(code)} ×`;
      chip.setAttribute("aria-label", `Remove ${languageName(code)}`);
      chip.addEventListener("click", () =>
        this.change({ languages: settings.languages.filter((other) => other !== code) }),
      );
      return chip;
    });
    find("languages").replaceChildren(...(chips.length ? chips : ["All languages are followed."]));
    if (hadFocus) (chips[0] ?? find("language")).focus();
  }

  async add() {
    const typed = find("language").value;
    const code = codeOf(typed);
    const before = this.room.settings?.languages;
    if (!before) this.report.refused("The service has not told the room's languages yet; try again.");
    else if (!code)
      this.report.refused(
        `Expected the name of a language, such as German, got “${typed.trim()}”. Choose one of the list.`,
      );
    else if (before.includes(code)) this.report.refused(`${languageName(code)} is followed already.`);
    else if (await this.change({ languages: [...before, code] })) find("language").value = "";
  }

  change(fields) {
    return this.report.of(async () => {
      const { languages: now, task } = await this.room.change(fields);
      if (fields.task) return TASKS[task];
      return now.length
        ? `From now on: ${now.map(languageName).join(", ")}.`
        : "From now on all languages are followed.";
    });
  }

  /** Go to the task that is not chosen. */
  focusTask() {
    find("task").querySelector('[aria-pressed="false"]')?.focus();
  }
}
