// @ts-check
// A caption of a translated track as subtitles show it.

/** @import { DisplayedCaption } from "./messages" */

/**
 * Return a caption as it is shown: a text that was not translated begins with its language, and the grey words of a
 * translation are left out unless they are wanted; null if nothing is left.
 * @param {DisplayedCaption} caption
 * @param {boolean} hasPreview
 */
export function adaptCaption(caption, hasPreview) {
  const { track, language, state, committed, tentative } = caption;
  if (track === "original") return caption;
  if (state === "open" && !hasPreview && tentative && !committed) return null;
  const text = committed && language !== track ? `[${language}] ${committed}` : committed;
  return { ...caption, committed: text, tentative: hasPreview ? tentative : "" };
}
