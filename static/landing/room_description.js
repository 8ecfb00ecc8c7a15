// @ts-check
// The state of a room in sentences, for the landing page.

import { LATE_S } from "../room/captions.js";

/** @import { RoomStatus, SourcePhase, SourceState } from "../room/messages" */

/** @type {Record<SourcePhase, string>} */
const PHASES = {
  starting: "is starting",
  listening: "is listening",
  waiting: "is receiving no sound",
  retrying: "is reconnecting",
  stopped: "is stopped",
  ended: "has ended",
  failed: "has failed",
};

/** @param {SourceState} source */
function describeSource({ name, status, message, behind_s: behindS, cadence_s: cadenceS }) {
  const busy = cadenceS > 1 ? ", a little late: the machine is busy" : "";
  const late = behindS >= LATE_S ? `, ${behindS.toFixed(0)} s behind` : busy;
  return `${name} ${PHASES[status]}${late}${message ? ` (${message})` : ""}`;
}

/**
 * Return the state of a room: its sources, its model, its readers and its problems.
 * @param {Pick<RoomStatus, "sources" | "model" | "n_readers" | "problems">} state
 */
export function describeRoom({ sources, model, n_readers: nReaders, problems }) {
  const said = sources.length ? sources.map(describeSource).join("; ") : "Nobody is speaking yet";
  const named = model === "demo" ? "the demo model, which knows only a small vocabulary" : `the model ${model}`;
  return [`${said}. Decoded with ${named}; ${nReaders} reading.`, ...problems].join(" ");
}
