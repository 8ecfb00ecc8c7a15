// @ts-check
// The languages that people can read beside the original: added and removed by name.

import { codeOf, languageName, languages } from "../room/languages.js";
import { make } from "../room/make.js";
import { query } from "../room/page.js";

/** @import { RoomCard } from "./room_card.js" */
/** @import { Report } from "./report.js" */

export class TargetList {
  shown = "-";

  /**
   * @param {HTMLElement} node
   * @param {RoomCard} card
   * @param {Report} report
   */
  constructor(node, card, report) {
    this.node = node;
    this.card = card;
    this.report = report;
    this.input = query(node, "input", HTMLInputElement);
    const list = query(node, "datalist", HTMLDataListElement);
    const codes = card.room.translation?.targets ?? languages.map(({ code }) => code);
    list.append(...codes.map((code) => new Option("", languageName(code))));
    list.id = `${card.name}-targets`; // names of lists are those of the page
    this.input.setAttribute("list", list.id);
    query(node, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
  }

  update() {
    const { targets } = this.card.room;
    if (this.shown === targets.join()) return;
    this.shown = targets.join();
    const place = query(this.node, ".chips");
    const hadFocus = place.contains(document.activeElement);
    const chips = targets.map((code) => {
      const chip = make("button", { type: "button", textContent: `${languageName(code)} ×` });
      chip.setAttribute("aria-label", `Remove ${languageName(code)}`);
      chip.addEventListener("click", () => this.change(targets.filter((other) => other !== code)));
      return chip;
    });
    place.replaceChildren(...(chips.length ? chips : [make("span", { textContent: "No other language yet." })]));
    if (hadFocus) (chips[0] ?? this.input).focus();
  }

  async add() {
    const typed = this.input.value.trim();
    const code = codeOf(typed);
    const { targets } = this.card.room;
    if (!code) {
      this.report.say(
        `Expected the name of a language, such as French, but got “${typed}”. Choose one from the list.`,
        true,
      );
    } else if (targets.includes(code)) this.report.say(`${languageName(code)} is in the list already.`);
    else if (await this.change([...targets, code])) this.input.value = "";
  }

  /** @param {string[]} targets */
  change(targets) {
    return this.report.run(async () => {
      const { targets: now } = await this.card.change({ targets });
      return now.length ? `People can read ${now.map(languageName).join(", ")} too.` : "No text is translated.";
    });
  }
}
