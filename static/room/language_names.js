// @ts-check
// Names of languages and tracks, in English.

const NAMES = new Intl.DisplayNames(["en"], { type: "language" });
const CODES =
  `af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka
kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th
tk tl tr tt uk ur uz vi yi yo yue zh`.split(/\s+/);

/**
 * Return the English name of a language, its code where no name is known.
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
