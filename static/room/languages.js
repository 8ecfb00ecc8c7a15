// @ts-check
// Languages and scripts: English names, and which scripts write words without spaces.

const NAMES = new Intl.DisplayNames(["en"], { type: "language" });
const CODES =
  `af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka
kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th
tk tl tr tt uk ur uz vi yi yo yue zh`.split(/\s+/);

/**
 * Return the English name of a language, or its code if no name is known.
 * @param {string} code
 */
export function languageName(code) {
  if (code === "jw") return "Javanese";
  try {
    return NAMES.of(code) ?? code;
  } catch {
    return code;
  }
}

/**
 * Return the English name of a track.
 * @param {string} track
 */
export const trackName = (track) => (track === "original" ? "Original" : languageName(track));

/** Every language that Whisper's models know, as code and name, sorted by name. */
export const languages = CODES.map((code) => ({ code, name: languageName(code) })).sort((a, b) =>
  a.name.localeCompare(b.name),
);

/**
 * Return the code of a language that was typed as a name or a code, if there is one.
 * @param {string} typed
 */
export function codeOf(typed) {
  const wanted = typed.trim().toLowerCase();
  return languages.find(({ code, name }) => code === wanted || name.toLowerCase() === wanted)?.code;
}

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
