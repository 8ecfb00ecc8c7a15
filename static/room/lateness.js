// @ts-check
// When subtitles count as late, the same on every page and in the service.

/** @import { SourceState } from "./messages" */

/** Undecoded sound, in seconds, from which pages say that subtitles are late. */
export const LATE_S = 4;

/**
 * Return how many seconds of sound the slowest source has waiting.
 * @param {readonly Pick<SourceState, "behind_s">[]} sources
 */
export const maxBehindS = (sources) => Math.max(0, ...sources.map((source) => source.behind_s));
