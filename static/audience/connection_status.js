// @ts-check
// The status line: the state of the connection and of the room.

import { LATE_S, maxBehindS } from "../room/captions.js";
import { setText } from "../room/page.js";

/** @import { RoomState, SourcePhase, Status } from "../room/messages" */

/** @type {[phase: SourcePhase, kind: string, text: string][]} The best phase comes first. */
const PHASES = [
  ["listening", "live", "live"],
  ["starting", "idle", "starting"],
  ["waiting", "late", "no sound"],
  ["retrying", "late", "sound interrupted"],
];

/**
 * Return a kind and a text for the state of a room and of the connection to it.
 * @param {Status | "connecting"} status
 * @param {RoomState | null} room
 * @returns {[kind: string, text: string]}
 */
export function describe(status, room) {
  if (status === "refused") return ["lost", "not connected"];
  if (status === "closed") return ["lost", "reconnecting"];
  if (status !== "open" || !room) return ["connecting", "connecting"];
  if (room.showing.is_paused) return ["paused", "paused by the organiser"];
  const behindS = maxBehindS(room.sources);
  if (behindS >= LATE_S) return ["late", `${Math.round(behindS)} s behind`];
  const best = PHASES.find(([phase]) => room.sources.some((source) => source.status === phase));
  if (best) return [best[1], best[2]];
  return ["idle", room.sources.length ? "nobody is speaking" : "nobody is speaking yet"];
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
    if (this.isLost && !wasLost) this.announcement.textContent = "The connection is lost. Reconnecting.";
    if (status === "open" && wasLost) this.announcement.textContent = "Connected again.";
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
