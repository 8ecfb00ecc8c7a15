// What a person must look at now: a bar above everything, read aloud at once, and the page's title.

import { outputName } from "./outputs.js";
import { put } from "./status_line.js";

const UNSAID = {
  no_sound: "No sound arrives. Look at the microphone, its cable and its mute switch.",
  output: "The captions do not arrive there. Look at the outputs.",
};

const find = (id) => document.getElementById(id);

export class Alarms {
  constructor(place) {
    Object.assign(this, { place, shown: new Map() });
    this.title("Console");
  }

  show({ state, showing }) {
    const alarms = state.alarms.map(({ kind, subject, message }) => {
      const output = state.outputs.find(({ id }) => id === subject);
      const says = message || UNSAID[kind] || "Something is wrong.";
      return [`${kind} ${subject}`, kind === "store" ? says : `${output ? outputName(output) : subject}: ${says}`];
    });
    for (const problem of state.problems)
      if (!alarms.some(([, says]) => says.includes(problem))) alarms.push([problem, problem]);
    for (const [id, node] of this.shown)
      if (!alarms.some(([other]) => other === id)) {
        node.remove();
        this.shown.delete(id);
      }
    for (const [id, message] of alarms) {
      const known = this.shown.get(id);
      if (known) {
        // a figure that rises in the message is no reason to read all of it aloud again
        known.setAttribute("aria-live", "off");
        put(known, message);
        continue;
      }
      const node = document.createElement("p");
      node.textContent = message;
      this.shown.set(id, node);
      find("alarms").append(node);
    }
    this.title(
      alarms.length
        ? `⚠ ${alarms[0][1]}`
        : showing.is_paused
          ? "Paused"
          : showing.is_hidden
            ? "Screens hidden"
            : "Console",
    );
  }

  /** The connection is lost, with the sentence that says so; "" when it is back. */
  lose(sentence) {
    find("lost").hidden = !sentence;
    put(find("lost"), sentence);
    document.body.classList.toggle("is-lost", Boolean(sentence));
    if (sentence) this.title("⚠ Connection lost");
  }

  title(says) {
    const title = `${says} · ${this.place}`;
    if (document.title !== title) document.title = title;
  }
}
