// @ts-check
// The steps of one room: a head with state and sentence for each, and the panel of the one that is open.

import { clone, query, setSentence, setText } from "../room/page.js";
import { TITLES, WORDS } from "./checklist.js";

/** @import { RoomCard } from "./room_card.js" */
/** @import { Step, StepId } from "./checklist.js" */

/** @typedef {{ update: () => void }} Panel */
/** @typedef {{ node: HTMLElement, button: HTMLElement, panel: HTMLElement, loaded: Panel | null }} Row */

const MARKS = { done: "✓", problem: "!", todo: "", optional: "" };
/** From this width on, the open panel is beside the steps, so one is always open; see landing.css. */
const WIDE = matchMedia("(min-width: 60rem)");
/** @type {Record<StepId, (node: HTMLElement, card: RoomCard) => Promise<Panel>>} Panels are loaded when they are opened. */
const LOADERS = {
  sound: async (node, card) => new (await import("./sound_panel.js")).SoundPanel(node, card),
  language: async (node, card) => new (await import("./language_panel.js")).LanguagePanel(node, card),
  reading: async (node, card) => new (await import("./reading_panel.js")).ReadingPanel(node, card),
  meeting: async (node, card) => new (await import("./meeting_panel.js")).MeetingPanel(node, card),
  start: async (node, card) => new (await import("./start_panel.js")).StartPanel(node, card),
};
const IDS = /** @type {StepId[]} */ (Object.keys(TITLES));

export class StepList {
  node = document.createElement("ol");
  /** @type {Map<StepId, Row>} */
  rows = new Map();
  /** @type {StepId | ""} */
  opened = "";

  /** @param {RoomCard} card */
  constructor(card) {
    this.card = card;
    this.node.className = "steps";
    IDS.forEach((id, i) => this.rows.set(id, this.makeRow(id, i + 1)));
  }

  /**
   * @param {StepId} id
   * @param {number} number
   * @returns {Row}
   */
  makeRow(id, number) {
    const node = clone("step");
    const [button, panel] = [query(node, "button"), query(node, ".panel")];
    panel.id = `${this.card.name}-${id}`;
    panel.setAttribute("role", "region");
    panel.setAttribute("aria-label", TITLES[id]);
    button.setAttribute("aria-controls", panel.id);
    setText(button, TITLES[id]);
    node.dataset.number = String(number);
    button.addEventListener("click", () => this.toggle(id));
    this.node.append(node);
    return { node, button, panel, loaded: null };
  }

  /** @param {readonly Step[]} steps */
  show(steps) {
    for (const { id, state, sentence } of steps) {
      const row = this.row(id);
      row.node.dataset.state = state;
      setText(row.node.querySelector(".mark"), MARKS[state] || (row.node.dataset.number ?? ""));
      setText(row.node.querySelector(".word"), WORDS[state]);
      setSentence(row.node.querySelector(".sentence"), sentence);
    }
    if (this.opened) this.row(this.opened).loaded?.update();
  }

  /** @param {StepId} id */
  row(id) {
    return /** @type {Row} */ (this.rows.get(id));
  }

  /** @param {StepId} id */
  async toggle(id) {
    if (this.opened !== id) await this.open(id);
    else if (!WIDE.matches) this.close();
    // on a phone, the head may have moved out of sight when the panel above it was closed
    this.row(id).button.scrollIntoView({ block: "nearest" });
  }

  close() {
    for (const { node, button, panel } of this.rows.values()) {
      panel.hidden = true;
      button.setAttribute("aria-expanded", "false");
      node.classList.remove("opened");
    }
    this.opened = "";
  }

  /** @param {StepId} id */
  async open(id) {
    const row = this.row(id);
    try {
      row.loaded ??= await LOADERS[id](row.panel, this.card);
    } catch {
      row.panel.textContent = "This step could not be loaded. Is Surtitle still running? Reload the page.";
    }
    this.close();
    this.opened = id;
    row.panel.hidden = false;
    row.button.setAttribute("aria-expanded", "true");
    row.node.classList.add("opened");
    row.loaded?.update();
  }
}
