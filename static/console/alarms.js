// @ts-check
// Alarms: a bar at the top of the page, announced at once, and the page's title.

import { find, query, setText } from "../room/page.js";
import { outputName } from "./outputs.js";

/** @import { Alarm, OutputState } from "../room/messages" */
/** @import { RoomView } from "./room_watcher.js" */

/** @type {Record<string, string>} Sentences for alarms that have no message. */
const SENTENCES = {
  no_sound: "No sound is arriving. Check the microphone, its cable and its mute switch.",
  output: "Captions are not reaching this output. Check Readers and outputs.",
};

const NAME_MAX = 24; // letters of a name, so that what is wrong has room beside it

export class Alarms {
  /** @type {Map<string, HTMLElement>} */
  shown = new Map();

  /** @param {string} place The name of the room. */
  constructor(place) {
    this.place = place;
    this.setTitle("Console");
  }

  /** @param {RoomView} view */
  show({ status, showing }) {
    const alarms = new Map(
      status.alarms.map((alarm) => [`${alarm.kind} ${alarm.subject}`, sentenceFor(alarm, status.outputs)]),
    );
    for (const problem of status.problems) {
      if (![...alarms.values()].some((sentence) => sentence.includes(problem))) alarms.set(problem, problem);
    }
    for (const [id, node] of this.shown) {
      if (alarms.has(id)) continue;
      node.remove();
      this.shown.delete(id);
    }
    for (const [id, sentence] of alarms) this.showOne(id, sentence);
    const [first] = alarms.values();
    const calm = showing.is_paused ? "Paused" : showing.is_hidden ? "Screens hidden" : "Console";
    this.setTitle(first ? `⚠ ${first}` : calm);
  }

  /**
   * @param {string} id
   * @param {string} sentence
   */
  showOne(id, sentence) {
    const shown = this.shown.get(id);
    if (shown) {
      // screen readers do not read it again when only a number in it changes
      shown.setAttribute("aria-live", "off");
      setText(shown.firstElementChild, sentence);
      return;
    }
    const node = document.createElement("p");
    node.append(Object.assign(document.createElement("span"), { textContent: sentence }));
    this.shown.set(id, node);
    find("alarms").append(node);
  }

  /**
   * Show that the connection is lost, or with "" that it is back.
   * @param {string} sentence
   */
  showLost(sentence) {
    find("lost").hidden = !sentence;
    setText(query(find("lost"), "span"), sentence);
    document.body.classList.toggle("is-lost", Boolean(sentence));
    if (sentence) this.setTitle("⚠ Connection lost");
  }

  /** @param {string} text */
  setTitle(text) {
    const title = `${text} · ${this.place}`;
    if (document.title !== title) document.title = title;
  }
}

/**
 * @param {Alarm} alarm
 * @param {OutputState[]} outputs
 */
function sentenceFor({ kind, subject, message }, outputs) {
  const sentence = message || SENTENCES[kind] || "Something is wrong.";
  if (kind === "store") return sentence;
  const output = outputs.find(({ id }) => id === subject);
  const name = output ? outputName(output) : subject;
  return `${name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name}: ${sentence}`;
}
