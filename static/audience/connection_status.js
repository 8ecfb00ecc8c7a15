// @ts-check
// The status line: the state of the connection and of the room.

import { LATE_S, maxBehindS } from "../room/captions.js";
import { setText } from "../room/page.js";
import { say } from "../room/words.js";

/** @import { RoomState, Status } from "../room/messages" */

/** @type {[phase: "listening" | "starting" | "waiting" | "retrying", kind: string][]} The best phase comes first. */
const PHASES = [
  ["listening", "live"],
  ["starting", "idle"],
  ["waiting", "late"],
  ["retrying", "late"],
];

/**
 * Return a kind and a text for the state of a room and of the connection to it.
 * @param {Status | "connecting"} status
 * @param {RoomState | null} room
 * @returns {[kind: string, text: string]}
 */
export function describe(status, room) {
  if (status === "refused") return ["lost", say("status.refused")];
  if (status === "closed") return ["lost", say("status.lost")];
  if (status !== "open" || !room) return ["connecting", say("status.connecting")];
  if (room.showing.is_paused) return ["paused", say("status.paused")];
  const behindS = maxBehindS(room.sources);
  if (behindS >= LATE_S) return ["late", say("status.late", { n: Math.round(behindS) })];
  const best = PHASES.find(([phase]) => room.sources.some((source) => source.status === phase));
  if (best) return [best[1], say(`status.${best[0]}`)];
  return ["idle", say(room.sources.length ? "status.silent" : "status.unbegun")];
}

export class ConnectionStatus {
  /** @type {Status | "connecting"} */
  status = "connecting";
  /** @type {RoomState | null} */
  room = null;

  /**
   * @param {HTMLElement} line
   * @param {HTMLElement} text The text in the line.
   * @param {HTMLElement} announcement Where screen readers announce that the connection is lost or back.
   */
  constructor(line, text, announcement) {
    this.line = line;
    this.text = text;
    this.announcement = announcement;
  }

  /** @param {Status} status */
  setStatus(status) {
    const wasLost = this.isLost;
    this.status = status;
    if (this.isLost && !wasLost) this.announcement.textContent = say("status.dropped");
    if (status === "open" && wasLost) this.announcement.textContent = say("status.back");
    this.draw();
  }

  /** @param {RoomState} room */
  setRoom(room) {
    this.room = room;
    this.draw();
  }

  get isLost() {
    return this.status === "closed" || this.status === "refused";
  }

  draw() {
    const [kind, text] = describe(this.status, this.room);
    this.line.className = `state ${kind}`;
    setText(this.text, text);
  }
}
