// @ts-check
// Which scripts write words without spaces, and the space between two texts that follow each other.

/** Chinese and Japanese characters and their punctuation, as ranges of a regular expression. */
export const WIDE =
  "\\u2e80-\\u312f\\u31a0-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff00-\\uffef\\u{1f200}-\\u{1f2ff}\\u{20000}-\\u{3fffd}";

/** Thai, Lao, Burmese and Khmer: words without spaces. */
export const JOINED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff";

const ENDS_FREE = new RegExp(`[\\s${WIDE}${JOINED}]$`, "u");
const STARTS_FREE = new RegExp(`^[\\s${WIDE}${JOINED}]`, "u");

/**
 * Return what separates two texts, such as solid and grey words: a space, or nothing in scripts without spaces.
 * @param {string} before
 * @param {string} after
 */
export const gap = (before, after) =>
  !before || !after || ENDS_FREE.test(before) || STARTS_FREE.test(after) ? "" : " ";
