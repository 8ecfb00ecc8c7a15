// @ts-check
// The second step: the spoken languages, and those that people can read.

import { codeOf, languageName, languages } from "../room/languages.js";
import { make } from "../room/make.js";
import { clone, query } from "../room/page.js";
import { Report } from "./report.js";
import { TargetList } from "./target_list.js";

/** @import { RoomCard } from "./room_card.js" */

export class LanguagePanel {
  /** @type {string | null} */
  shown = null;

  /**
   * @param {HTMLElement} place
   * @param {RoomCard} card
   */
  constructor(place, card) {
    this.card = card;
    this.node = clone("panel-language");
    this.report = new Report(query(this.node, ".report"));
    this.input = query(this.node, "input[list]", HTMLInputElement);
    this.targets = new TargetList(query(this.node, ".targets"), card, this.report);
    /** @type {NodeListOf<HTMLInputElement>} */
    this.tasks = this.node.querySelectorAll("[name=task]");
    const list = query(this.node, "datalist", HTMLDataListElement);
    list.append(...languages.map(({ name }) => new Option("", name)));
    // several rooms may have this panel, and names of radio buttons and lists are those of the page
    list.id = `${card.name}-languages`;
    this.input.setAttribute("list", list.id);
    for (const task of this.tasks) {
      task.name = `${card.name}-task`;
      task.addEventListener("change", () => this.change({ task: task.value }));
    }
    query(this.node, ".add", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    query(this.node, ".all").addEventListener("click", () => this.change({ languages: [] }));
    place.append(this.node);
  }

  update() {
    this.targets.update();
    const { languages: spoken, task, state } = this.card.room;
    query(this.node, ".demo").hidden = state.model !== "demo";
    if (!this.card.nPending) for (const one of this.tasks) one.checked = one.value === task;
    if (this.shown === spoken.join()) return;
    this.shown = spoken.join();
    const place = query(this.node, ".chips");
    const hadFocus = place.contains(document.activeElement);
    const chips = spoken.map((code) => {
      const chip = make("button", { type: "button", textContent: `${languageName(code)} ×` });
      chip.setAttribute("aria-label", `Remove ${languageName(code)}`);
      chip.addEventListener("click", () => this.change({ languages: spoken.filter((other) => other !== code) }));
      return chip;
    });
    place.replaceChildren(...(chips.length ? chips : [make("span", { textContent: "Every language is recognised." })]));
    if (hadFocus) (chips[0] ?? this.input).focus();
  }

  async add() {
    const typed = this.input.value.trim();
    const code = codeOf(typed);
    const before = this.card.room.languages;
    if (!code) {
      this.report.say(
        `Expected the name of a language, such as German, but got “${typed}”. Choose one from the list.`,
        true,
      );
    } else if (before.includes(code)) this.report.say(`${languageName(code)} is in the list already.`);
    else if (await this.change({ languages: [...before, code] })) this.input.value = "";
  }

  /** @param {{ languages?: string[], task?: string }} fields */
  async change(fields) {
    const isDone = await this.report.run(async () => {
      const { task } = await this.card.change(fields);
      if (fields.languages) return "Changed. It applies to what is said from now on.";
      return task === "translate" ? "People can read English too." : "Nothing is translated from now on.";
    });
    if (!isDone) this.update();
    return isDone;
  }
}
