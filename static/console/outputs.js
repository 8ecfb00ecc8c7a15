// @ts-check
// The panel of readers and outputs: who reads, where the captions go, and what the service refuses.

import { maxBehindS } from "../room/captions.js";
import { trackName } from "../room/languages.js";
import { clone, find, query, setText } from "../room/page.js";
import { onSecondPress } from "../room/second_press.js";
import { StatusLine } from "./status_line.js";

/** @import { OutputState, Refusal, RoomStatus } from "../room/messages" */
/** @import { OutputForm } from "./output_form.js" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/** @type {Record<string, string>} */
const NAMES = { zoom: "Zoom", teams: "Teams", youtube: "YouTube", obs: "OBS", file: "File" };
/** @type {Record<string, string>} */
const HEALTH = {
  starting: "Starting.",
  working: "Working.",
  retrying: "Trying again.",
  failed: "Failed: action needed.",
};

export class Outputs {
  /** @type {Map<string, HTMLElement>} */
  rows = new Map();
  refused = "";
  status = new StatusLine(find("outputs-report"));
  details = find("add", HTMLDetailsElement);
  /** @type {OutputForm | null} Loaded when it is needed first. */
  form = null;
  /** @type {Promise<OutputForm> | null} */
  loading = null;

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
    this.details.addEventListener("toggle", () => this.loadForm());
  }

  async loadForm() {
    this.loading ??= import("./output_form.js").then(({ openOutputForm }) =>
      openOutputForm(this.details, () => this.add()),
    );
    try {
      this.form = await this.loading;
      this.form.offerTracks(this.room.view?.status.tracks ?? []);
    } catch {
      this.loading = null;
      this.status.refused("The service does not answer, so the form is not ready. Open it again later.");
    }
  }

  async openForm() {
    this.details.open = true;
    await this.loadForm();
    this.form?.kind.focus();
  }

  /** @param {RoomView} view */
  show({ status }) {
    const behindS = maxBehindS(status.sources);
    const late = status.n_late ? `, ${status.n_late} of them behind` : "";
    const delay = behindS >= 1 ? `${Math.round(behindS)} s behind` : "up to date";
    setText(find("readers"), `${status.n_readers} reading${late}. Captions are ${delay}.`);
    setText(find("readers-by-track"), describeReaders(status.readers));
    const ids = status.outputs.map(({ id }) => id);
    for (const [id, row] of this.rows) {
      if (ids.includes(id)) continue;
      if (row.contains(document.activeElement)) query(this.details, "summary").focus();
      row.remove();
      this.rows.delete(id);
    }
    for (const output of status.outputs) renderOutput(this.rows.get(output.id) ?? this.addRow(output), output);
    this.form?.offerTracks(status.tracks);
    this.showRefusals(status.refusals);
  }

  /** @param {OutputState} output */
  addRow(output) {
    const row = clone("output");
    const name = outputName(output);
    setText(row.querySelector(".name"), name);
    onSecondPress(query(row, "button"), "Really remove?", () => this.remove(output.id, name), name);
    find("outputs").append(row);
    this.rows.set(output.id, row);
    if (output.kind === "file") import("./output_path.js").then(({ addPath }) => addPath(row)).catch(() => {});
    return row;
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  async remove(id, name) {
    await this.status.run(async () => {
      await this.room.rest.send("DELETE", `/outputs/${encodeURIComponent(id)}`);
      return `${name} is removed.`;
    });
  }

  async add() {
    const { form } = this;
    if (!form) return;
    const output = form.read();
    const isDone = await this.status.run(async () => {
      await this.room.rest.send("POST", "/outputs", output);
      return `${NAMES[String(output.kind)]} is added. Its state is shown above.`;
    });
    if (isDone) form.close();
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
 * Say how many people read each track.
 * @param {RoomStatus["readers"]} readers
 */
function describeReaders(readers) {
  const some = readers.filter(({ n_readers: n, track }) => n || (track && readers.length > 1));
  return some.map(({ track, n_readers: n }) => `${track ? trackName(track) : "Not known"} ${n}`).join(" · ");
}

/**
 * Return the name of an output.
 * @param {{ kind: string, track: string | null }} output
 */
export const outputName = ({ kind, track }) => `${NAMES[kind] ?? kind}, ${track ? trackName(track) : "last track"}`;

/**
 * @param {HTMLElement} node
 * @param {OutputState} output
 */
function renderOutput(node, { health, path }) {
  node.dataset.path = path ?? "";
  const dropped = health.n_dropped ? `, ${health.n_dropped} dropped` : "";
  const sentences = [HEALTH[health.status] ?? health.status, health.message, `${health.n_sent} sent${dropped}.`];
  setText(node.querySelector(".state"), sentences.filter(Boolean).join(" "));
  node.classList.toggle("wrong", health.status === "failed" || health.status === "retrying");
  node.classList.toggle("working", health.status === "working");
}
