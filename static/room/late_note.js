// @ts-check
// The note on screens that subtitles are late.

import { LATE_S, maxBehindS } from "./captions.js";
import { say } from "./words.js";

/** @import { SourceState } from "./messages" */

/**
 * Return the note, "" if subtitles are not late; rounded, so that the number does not change all the time.
 * @param {readonly SourceState[]} sources
 */
export function lateNote(sources) {
  const behindS = maxBehindS(sources);
  return behindS >= LATE_S ? say("status.late", { n: Math.round(behindS / 5) * 5 }) : "";
}
