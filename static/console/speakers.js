// @ts-check
// The names of speakers: renamed and merged live, back to the start of the talk.

import { clone, find, query, setText } from "../room/page.js";
import { fetchPart } from "./parts.js";
import { StatusLine } from "./status_line.js";

/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

const WATCH_MS = 1000; // labels of people who speak for the first time

class Speakers {
  status = new StatusLine(find("speakers-report"));
  list = find("speaker-list");
  isShown = find("shows_names", HTMLInputElement);
  undo = find("speakers-undo", HTMLButtonElement);
  /** @type {Map<string, { node: Element, input: HTMLInputElement, base: string }>} The rows by label. */
  rows = new Map();
  /** @type {{ label: string, name: string } | null} What the last change replaced. */
  before = null;

  /**
   * @param {RoomWatcher} room
   * @param {Set<string>} labels Grows with the speakers that are heard.
   */
  constructor(room, labels) {
    this.room = room;
    this.labels = labels;
    this.isShown.addEventListener("change", () => this.setShown(this.isShown.checked));
    this.undo.addEventListener("click", () => this.before && this.save(this.before.label, this.before.name));
    setInterval(() => this.room.view && this.show(this.room.view), WATCH_MS);
  }

  /** @param {RoomView} view */
  show({ settings }) {
    const { speaker_names: names, shows_names: isShown } = settings;
    if (document.activeElement !== this.isShown) this.isShown.checked = isShown;
    const labels = [...new Set([...this.labels, ...Object.keys(names)])].sort((a, b) => a.localeCompare(b));
    for (const label of labels) this.showRow(label, Object.hasOwn(names, label) ? names[label] : label);
    const shown = [...new Set(labels.map((label) => (Object.hasOwn(names, label) ? names[label] : label)))];
    const choices = find("speaker-choices");
    if (choices.dataset.shown !== shown.join("\n")) {
      choices.dataset.shown = shown.join("\n");
      choices.replaceChildren(...shown.map((name) => new Option("", name)));
    }
    find("speakers-none").hidden = labels.length > 0;
    find("speakers-help").hidden = labels.length === 0;
  }

  /**
   * @param {string} label
   * @param {string} name
   */
  showRow(label, name) {
    const row = this.rows.get(label) ?? this.addRow(label);
    // what is typed and not saved stays
    if (row.input.value === row.base) row.input.value = name;
    row.base = name;
  }

  /** @param {string} label */
  addRow(label) {
    const node = clone("speaker");
    setText(query(node, "label span"), label);
    const input = query(node, "input", HTMLInputElement);
    query(node, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(label, input.value);
    });
    const row = { node, input, base: "" };
    this.rows.set(label, row);
    const next = [...this.rows]
      .filter(([other]) => other.localeCompare(label) > 0)
      .sort(([a], [b]) => a.localeCompare(b))[0];
    this.list.insertBefore(node, next?.[1].node ?? null);
    return row;
  }

  /**
   * Go to the field of a speaker.
   * @param {string} label
   */
  choose(label) {
    this.labels.add(label);
    if (this.room.view) this.show(this.room.view);
    const row = this.rows.get(label);
    row?.node.scrollIntoView({ block: "nearest" });
    row?.input.select();
  }

  /**
   * Save the name of a speaker; an empty one shows the label again.
   * @param {string} label
   * @param {string} typed
   */
  save(label, typed) {
    return this.status.run(async () => {
      const row = this.rows.get(label);
      const name = typed.trim() || label;
      const { speaker_names: names } = await this.room.rest.send("PUT", "/speakers", { label, name });
      this.before = { label, name: row?.base ?? label };
      this.undo.hidden = false;
      if (row) row.input.value = row.base;
      const { settings, status } = this.room;
      this.room.changes += 1;
      if (settings && status) this.room.setSettings({ ...settings, speaker_names: names, state: status });
      const others = [...this.rows].filter(([other, { base }]) => other !== label && base === name);
      if (others.length) return `${label} and ${others.map(([other]) => other).join(", ")} are shown as ${name}.`;
      return name === label ? `${label} is shown by this label.` : `${label} is shown as ${name}, back to the start.`;
    });
  }

  /** @param {boolean} isShown */
  setShown(isShown) {
    return this.status.run(async () => {
      const { shows_names: now } = await this.room.change({ shows_names: isShown });
      return now ? "Names stand before what is said." : "Names are not shown.";
    });
  }
}

/**
 * Fill the panel of speakers.
 * @param {RoomWatcher} room
 * @param {HTMLElement} details
 * @param {Set<string>} labels Grows with the speakers that are heard.
 */
export async function openSpeakers(room, details, labels) {
  details.lastElementChild?.before(...(await fetchPart("speakers")));
  return new Speakers(room, labels);
}
