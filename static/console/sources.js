// @ts-check
// The sources of the room: level, state, and a switch for each.

import { LATE_S } from "../room/captions.js";
import { clone, find, query, setText } from "../room/page.js";
import { StatusLine } from "./status_line.js";

/** @import { SourcePhase, SourceStatus } from "../room/messages" */
/** @import { Waveform } from "./waveform.js" */
/** @import { RoomView, RoomWatcher } from "./room_watcher.js" */

/**
 * @typedef {object} Row
 * @property {HTMLElement} node
 * @property {HTMLElement} button
 * @property {HTMLElement} meter
 * @property {SourceStatus} source
 * @property {Waveform | null} waveform Null until its script is loaded; without it the meter shows the level.
 */

const FLOOR_DB = -60;
const WAVEFORM_MS = 1500;
/** @type {Record<SourcePhase, string>} */
const PHASES = {
  starting: "Starting",
  listening: "Listening",
  waiting: "Waiting: no sound",
  retrying: "Reconnecting",
  stopped: "Stopped",
  ended: "Ended",
  failed: "Failed",
};

/** @param {SourceStatus} source */
const isOver = ({ status }) => ["stopped", "ended", "failed"].includes(status);

/**
 * Return the state of a source in sentences.
 * @param {SourceStatus} source
 * @param {boolean} isPaused
 */
export function describe(source, isPaused) {
  const parts = [PHASES[source.status] ?? source.status];
  if (source.status === "listening") {
    if (isPaused) parts[0] = "Paused: audio is ignored";
    else if (source.is_dead) parts[0] = "Listening, but there is only silence";
    else if (source.is_speech) parts[0] = "Listening: speech";
    if (source.is_clipping) parts.push("too loud, the sound is clipped");
    else if (source.is_quiet && source.is_speech) parts.push("too quiet");
  }
  if (source.behind_s >= LATE_S) parts.push(`${Math.round(source.behind_s)} s behind`);
  if (source.cadence_s > 1) parts.push(`decoded every ${source.cadence_s.toFixed(1)} s`);
  return `${parts.join("; ")}.${source.message ? ` ${source.message}` : ""}`;
}

export class Sources {
  /** @type {Map<string, Row>} */
  rows = new Map();
  status = new StatusLine(find("sources-report"));

  /** @param {RoomWatcher} room */
  constructor(room) {
    this.room = room;
  }

  /** @param {RoomView} view */
  show({ status, showing }) {
    const names = status.sources.map(({ name }) => name);
    for (const [name, row] of this.rows) {
      if (names.includes(name)) continue;
      if (row.node.contains(document.activeElement)) find("microphone").focus();
      row.node.remove();
      this.rows.delete(name);
    }
    for (const source of status.sources) {
      const row = this.rows.get(source.name) ?? this.addRow(source);
      row.source = source;
      renderSource(row, showing.is_paused);
    }
    find("sources-none").hidden = names.length > 0;
  }

  /** @param {SourceStatus} source */
  addRow(source) {
    const node = clone("source");
    /** @type {Row} */
    const row = { node, button: query(node, "button"), meter: query(node, ".meter"), source, waveform: null };
    // later than the first captions: it shows the past, and there is none yet
    setTimeout(() => this.addWaveform(row), WAVEFORM_MS);
    setText(node.querySelector(".name"), source.name);
    row.meter.setAttribute("aria-label", `Level of ${source.name}`);
    row.button.addEventListener("click", () => this.switch(row.source));
    find("sources").append(node);
    this.rows.set(source.name, row);
    return row;
  }

  /** @param {Row} row */
  async addWaveform(row) {
    try {
      const { Waveform } = await import("./waveform.js");
      row.waveform = new Waveform(query(row.node, "canvas", HTMLCanvasElement));
      row.waveform.add(row.source, isOver(row.source));
    } catch {
      // the service does not answer, and the console says so; the meter shows the level
    }
  }

  /**
   * Stop a source, or start one that is stopped.
   * @param {SourceStatus} source
   */
  switch(source) {
    const isOn = isOver(source);
    return this.status.run(async () => {
      await this.room.rest.send("PATCH", `/sources/${encodeURIComponent(source.name)}`, { is_on: isOn });
      return isOn ? `${source.name} is being started.` : `${source.name} is being stopped.`;
    });
  }

  /**
   * Focus the Start or Stop button of a source, counted from 0.
   * @param {number} index
   */
  focus(index) {
    [...this.rows.values()][index]?.button.focus();
  }
}

/**
 * @param {Row} row
 * @param {boolean} isPaused
 */
function renderSource({ node, button, meter, source, waveform }, isPaused) {
  const isOff = isOver(source);
  waveform?.add(source, isOff);
  const db = Math.max(FLOOR_DB, Math.min(0, isOff ? FLOOR_DB : source.level_dbfs));
  const bar = query(meter, "div");
  bar.style.transform = `scaleX(${(1 - db / FLOOR_DB).toFixed(3)})`;
  meter.setAttribute("aria-valuenow", String(Math.round(db)));
  const level = source.level_dbfs <= FLOOR_DB ? "silent" : `${Math.round(source.level_dbfs)} dB`;
  setText(node.querySelector(".db"), isOff ? "" : level);
  setText(node.querySelector(".state"), describe(source, isPaused));
  node.classList.toggle("speech", source.is_speech && !isOff && !isPaused);
  node.classList.toggle("clipping", source.is_clipping && !isOff);
  node.classList.toggle(
    "wrong",
    source.is_dead || (source.is_quiet && source.is_speech) || ["retrying", "failed"].includes(source.status),
  );
  setText(button, isOff ? "Start" : "Stop");
  button.setAttribute("aria-label", `${isOff ? "Start" : "Stop"} ${source.name}`);
}
