// @ts-check
// The first step: which sources there are, how loud they are, and what is wrong with them.

import { deviceLink, ONLY_HERE } from "../room/device_links.js";
import { clone, query, setText } from "../room/page.js";
import { fragmentOf, openOnUse, pathOf } from "./links.js";
import { Report } from "./report.js";

/** @import { SourceStatus } from "../room/messages" */
/** @import { RoomCard } from "./room_card.js" */

/** @typedef {{ node: HTMLElement, button: HTMLButtonElement, source: SourceStatus }} Row */

const FLOOR_DB = -60;

/** @param {SourceStatus} source */
const isOver = ({ status }) => ["stopped", "ended", "failed"].includes(status);

export class SoundPanel {
  /** @type {Map<string, Row>} */
  rows = new Map();

  /**
   * @param {HTMLElement} place
   * @param {RoomCard} card
   */
  constructor(place, card) {
    this.card = card;
    this.node = clone("panel-sound");
    this.report = new Report(query(this.node, ".report"));
    openOnUse(query(this.node, ".microphone", HTMLAnchorElement), "microphone", card.name, (error) =>
      this.report.run(() => Promise.reject(error)),
    );
    query(this.node, ".copy").addEventListener("click", () => this.copy());
    const form = query(this.node, ".stream", HTMLFormElement);
    // the service opens a stream's address, so only its administrator may give one
    form.hidden = !card.isAdmin;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.useStream(query(form, "input", HTMLInputElement));
    });
    query(form, ".close").addEventListener("click", () =>
      this.report.run(async () => {
        await card.change({ source: null });
        return "The stream is stopped.";
      }),
    );
    place.append(this.node);
  }

  /** @param {HTMLInputElement} input */
  async useStream(input) {
    await this.report.run(async () => {
      const address = input.value.trim();
      if (!/^https?:\/\/\S+$/.test(address)) {
        throw new Error("Expected the address of a stream, such as https://example.org/live.m3u8. Type or paste one.");
      }
      await this.card.change({ source: address });
      input.value = "";
      return "The stream is being opened.";
    });
  }

  async copy() {
    const { address } = this.card.room;
    const isSafe = address?.startsWith("https:");
    const note = isSafe
      ? ""
      : " A phone's browser gives pages its microphone over HTTPS only: start Surtitle with --https.";
    await this.report.copy(async () => {
      if (!address) throw new Error(ONLY_HERE);
      const fragment = await fragmentOf("microphone", this.card.name);
      return deviceLink(address, pathOf("microphone", this.card.name), fragment) ?? "";
    }, `Copied. Send the link to the person who speaks.${note}`);
  }

  update() {
    const { room, words } = this.card;
    const names = new Set(room.state.sources.map(({ name }) => name));
    for (const [name, { node }] of this.rows) {
      if (names.has(name)) continue;
      node.remove();
      this.rows.delete(name);
    }
    for (const source of room.state.sources) {
      const row = this.rows.get(source.name) ?? this.addRow(source);
      row.source = source;
      this.render(row);
    }
    query(this.node, ".none").hidden = names.size > 0;
    query(this.node, ".close").hidden = !room.source;
    setText(this.node.querySelector(".words span"), words.slice(-160) || "none yet");
  }

  /**
   * @param {SourceStatus} source
   * @returns {Row}
   */
  addRow(source) {
    const node = clone("source");
    const row = { node, button: query(node, "button", HTMLButtonElement), source };
    setText(node.querySelector("b"), source.name);
    query(node, ".meter").setAttribute("aria-label", `Level of ${source.name}`);
    row.button.addEventListener("click", () => this.switch(row.source));
    query(this.node, "ul").append(node);
    this.rows.set(source.name, row);
    return row;
  }

  /** @param {Row} row */
  render({ node, button, source }) {
    const { card } = this;
    const isOff = isOver(source);
    const db = Math.max(FLOOR_DB, Math.min(0, isOff ? FLOOR_DB : source.level_dbfs));
    const meter = query(node, ".meter");
    meter.setAttribute("aria-valuenow", String(Math.round(db)));
    query(meter, "div").style.transform = `scaleX(${(1 - db / FLOOR_DB).toFixed(3)})`;
    const { state, sentence } = card.watch.describe(source, card.room.state.alarms, card.nowMs, "this source");
    node.dataset.state = state;
    setText(node.querySelector(".state"), sentence);
    setText(
      node.querySelector(".db"),
      isOff ? "" : db <= FLOOR_DB ? "silent" : `${Math.round(db)} dB`.replace("-", "−"),
    );
    setText(button, isOff ? "Start" : "Stop");
    button.setAttribute("aria-label", `${isOff ? "Start" : "Stop"} ${source.name}`);
  }

  /** @param {SourceStatus} source */
  async switch(source) {
    const isOn = isOver(source);
    await this.report.run(async () => {
      await this.card.rest.send("PATCH", `/sources/${encodeURIComponent(source.name)}`, { is_on: isOn });
      return isOn ? `“${source.name}” is being started.` : `“${source.name}” is being stopped.`;
    });
  }
}
