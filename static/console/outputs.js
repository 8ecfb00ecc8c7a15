// @ts-check
// The panel of readers and outputs: who reads, where the captions go, and what the service refuses.

import { maxBehindS } from "../room/captions.js";
import { trackName } from "../room/languages.js";
import { clone, find, query, setText } from "../room/page.js";
import { KINDS, OutputForm, outputName } from "./output_form.js";
import { StatusLine } from "./status_line.js";

/** @import { OutputState, Refusal } from "../room/messages" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @typedef {{ node: HTMLElement, button: HTMLElement, isAsked: boolean }} Row */

/** @type {Record<string, string>} */
const HEALTH = {
  starting: "Starting.",
  working: "Working.",
  retrying: "Trying again.",
  failed: "Failed: action needed.",
};
const SURE_MS = 5000;

export class Outputs {
  /** @type {Map<string, Row>} */
  rows = new Map();
  tracks = "";
  refused = "";
  status = new StatusLine(find("outputs-report"));

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
    this.form = new OutputForm(() => this.add());
  }

  /** @param {RoomView} view */
  show({ status }) {
    const behindS = maxBehindS(status.sources);
    const late = status.n_late ? `, ${status.n_late} of them behind` : "";
    const delay = behindS >= 1 ? `${Math.round(behindS)} s behind` : "up to date";
    setText(find("readers"), `${status.n_readers} reading${late}. Captions are ${delay}.`);
    const ids = status.outputs.map(({ id }) => id);
    for (const [id, row] of this.rows) {
      if (ids.includes(id)) continue;
      if (row.node.contains(document.activeElement)) query(find("add"), "summary").focus();
      row.node.remove();
      this.rows.delete(id);
    }
    for (const output of status.outputs) renderOutput(this.rows.get(output.id) ?? this.addRow(output), output);
    this.offerTracks(status.tracks);
    this.showRefusals(status.refusals);
  }

  /** @param {string[]} tracks */
  offerTracks(tracks) {
    if (this.tracks === tracks.join()) return;
    this.tracks = tracks.join();
    const select = find("output-track", HTMLSelectElement);
    const chosen = select.value;
    select.replaceChildren(
      new Option("The room's last track", ""),
      ...tracks.map((track) => new Option(trackName(track), track)),
    );
    if (tracks.includes(chosen)) select.value = chosen;
  }

  /** @param {OutputState} output */
  addRow(output) {
    const node = clone("output");
    const row = { node, button: query(node, "button"), isAsked: false };
    const name = outputName(output);
    setText(node.querySelector(".name"), name);
    row.button.setAttribute("aria-label", `Remove ${name}`);
    row.button.addEventListener("click", () => this.remove(row, output.id, name));
    find("outputs").append(node);
    this.rows.set(output.id, row);
    return row;
  }

  /**
   * Remove an output on the second press; the first asks.
   * @param {Row} row
   * @param {string} id
   * @param {string} name
   */
  async remove(row, id, name) {
    const { button } = row;
    if (!row.isAsked) {
      row.isAsked = true;
      setText(button, "Really remove?");
      button.setAttribute("aria-label", `Really remove ${name}?`);
      setTimeout(() => {
        row.isAsked = false;
        setText(button, "Remove");
        button.setAttribute("aria-label", `Remove ${name}`);
      }, SURE_MS);
      return;
    }
    await this.status.run(async () => {
      await this.room.rest.send("DELETE", `/outputs/${encodeURIComponent(id)}`);
      return `${name} is removed.`;
    });
  }

  async add() {
    const output = this.form.read();
    const isDone = await this.status.run(async () => {
      await this.room.rest.send("POST", "/outputs", output);
      return `${KINDS[String(output.kind)].name} is added. Its state is shown above.`;
    });
    if (isDone) this.form.close();
  }

  /** @param {Refusal[]} refusals */
  showRefusals(refusals = []) {
    const count = refusals.reduce((sum, refusal) => sum + refusal.count, 0);
    const details = find("refusals");
    details.hidden = !count;
    setText(details.querySelector("span"), String(count));
    const texts = refusals.map((refusal) => `${refusal.count} × ${refusal.message}`);
    if (this.refused === texts.join()) return;
    this.refused = texts.join();
    query(details, "ul").replaceChildren(
      ...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
    );
  }
}

/**
 * @param {Row} row
 * @param {OutputState} output
 */
function renderOutput({ node }, { health }) {
  const dropped = health.n_dropped ? `, ${health.n_dropped} dropped` : "";
  const sentences = [HEALTH[health.status] ?? health.status, health.message, `${health.n_sent} sent${dropped}.`];
  setText(node.querySelector(".state"), sentences.filter(Boolean).join(" "));
  node.classList.toggle("wrong", health.status === "failed" || health.status === "retrying");
  node.classList.toggle("working", health.status === "working");
}
