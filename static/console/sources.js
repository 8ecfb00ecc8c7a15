// Whoever speaks: level, state, and a switch for each.

import { Report, put } from "./status_line.js";

const FLOOR_DB = -60;
const BEHIND_S = 4;
const STATES = {
  starting: "Starting",
  listening: "Listening",
  waiting: "Waiting: no sound arrives",
  retrying: "Being opened again",
  stopped: "Stopped",
  ended: "Ended",
  failed: "Failed",
};
const OVER = ["stopped", "ended", "failed"];

const find = (id) => document.getElementById(id);

/** How a source is doing, in a sentence or more. */
export function describe(source, isPaused) {
  const said = [STATES[source.status] ?? source.status];
  if (source.status === "listening") {
    said[0] = isPaused
      ? "Paused: not listened to"
      : source.is_dead
        ? "Listening, but the sound is empty"
        : source.is_speech
          ? "Listening: speech"
          : "Listening";
    if (source.is_clipping) said.push("too loud, the sound is clipped");
  }
  if (source.behind_s >= BEHIND_S) said.push(`${Math.round(source.behind_s)} s behind`);
  if (source.cadence_s > 1) said.push(`decoded every ${source.cadence_s.toFixed(1)} s`);
  return `${said.join("; ")}.${source.message ? ` ${source.message}` : ""}`;
}

export class Sources {
  constructor(room) {
    Object.assign(this, { room, rows: new Map(), report: new Report(find("sources-report")) });
  }

  show({ state, showing }) {
    const names = state.sources.map(({ name }) => name);
    for (const [name, row] of this.rows)
      if (!names.includes(name)) {
        if (row.node.contains(document.activeElement)) find("microphone").focus();
        row.node.remove();
        this.rows.delete(name);
      }
    for (const source of state.sources)
      this.render(this.rows.get(source.name) ?? this.add(source.name), source, showing.is_paused);
    find("sources-none").hidden = names.length > 0;
  }

  add(name) {
    const node = find("source").content.firstElementChild.cloneNode(true);
    const row = { node, button: node.querySelector("button"), meter: node.querySelector(".meter"), source: null };
    put(node.querySelector(".name"), name);
    row.meter.setAttribute("aria-label", `Level of ${name}`);
    row.button.addEventListener("click", () => this.turn(row.source));
    find("sources").append(node);
    this.rows.set(name, row);
    return row;
  }

  render(row, source, isPaused) {
    const { node, button, meter } = row;
    row.source = source;
    const isOver = OVER.includes(source.status);
    const db = Math.max(FLOOR_DB, Math.min(0, isOver ? FLOOR_DB : source.level_dbfs));
    meter.firstElementChild.style.transform = `scaleX(${(1 - db / FLOOR_DB).toFixed(3)})`;
    meter.setAttribute("aria-valuenow", Math.round(db));
    put(
      node.querySelector(".db"),
      isOver ? "" : source.level_dbfs <= FLOOR_DB ? "silent" : `${Math.round(source.level_dbfs)} dB`,
    );
    put(node.querySelector(".state"), describe(source, isPaused));
    node.classList.toggle("speech", source.is_speech && !isOver && !isPaused);
    node.classList.toggle("clipping", source.is_clipping && !isOver);
    node.classList.toggle("wrong", source.is_dead || ["retrying", "failed"].includes(source.status));
    put(button, isOver ? "Start" : "Stop");
    button.setAttribute("aria-label", `${isOver ? "Start" : "Stop"} ${source.name}`);
  }

  /** Stop a source, or start one that is stopped. */
  turn(source) {
    const isOn = OVER.includes(source.status);
    return this.report.of(async () => {
      await this.room.rest.act("PATCH", `/sources/${encodeURIComponent(source.name)}`, { is_on: isOn });
      return isOn ? `${source.name} is being started.` : `${source.name} is being stopped.`;
    });
  }

  /** Go to the switch of a source, counted from 0. */
  focus(index) {
    [...this.rows.values()][index]?.button.focus();
  }
}
