// Cuts text where a line may end: at spaces, between the characters of scripts that have none, between Thai words.

const WIDE =
  "\\u2e80-\\u312f\\u31a0-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff00-\\uffef\\u{1f200}-\\u{1f2ff}\\u{20000}-\\u{3fffd}";
const JOINED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff"; // Thai, Lao, Burmese, Khmer: words without spaces
// what may not begin a line, and what may not end one, in Japanese and Chinese (kinsoku)
const CLOSING =
  "、。，．・：；？！,.:;?!%％‰°℃)\\]}）］｝〕〉》」』】〙〗〟｠’”»…‥—～〜ー゠–々〻ゝゞヽヾ" +
  "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿｧ-ｯｰ､｡｣･ๆฯ\\u3099-\\u309c\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}";
const OPENING = "(\\[{（［｛〔〈《「『【〘〖〝｟‘“«｢";

const ATOM = new RegExp(`[${WIDE}]\\s*|[^\\s${WIDE}]+\\s*`, "gu");
const IS_JOINED = new RegExp(`[${JOINED}]`, "u");
const ENDS_FREE = new RegExp(`[${WIDE}${JOINED}]$`, "u");
const STARTS_FREE = new RegExp(`^[${WIDE}${JOINED}]`, "u");
const STARTS_CLOSING = new RegExp(`^[${CLOSING}]`, "u");
const ENDS_OPENING = new RegExp(`[${OPENING}]$`, "u");
const ENDS_WIDE = new RegExp(`[${WIDE}]$`, "u");
const segmenter = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;

/** Whether no line may end between these two pieces of one text. */
export const sticks = (before, after) =>
  before !== "" &&
  !/\s$/.test(before) &&
  !/^\s/.test(after) &&
  (STARTS_CLOSING.test(after) || ENDS_OPENING.test(before) || !(ENDS_FREE.test(before) || STARTS_FREE.test(after)));

/** Return the pieces of a text between which a line may end, each with the spaces behind it. */
export function words(text) {
  const found = [];
  const atoms = (text.match(ATOM) ?? []).flatMap((atom) =>
    segmenter && IS_JOINED.test(atom) ? [...segmenter.segment(atom)].map(({ segment }) => segment) : [atom],
  );
  for (const atom of atoms) {
    const last = found.length - 1;
    // spaces behind a Thai word are a segment of their own
    if (last >= 0 && (sticks(found[last], atom) || !atom.trim())) found[last] += atom;
    else found.push(atom);
  }
  return found;
}

/** Return a piece as it stands before the next phrase: words have a space behind them, characters of Japanese have none. */
export const spaced = (word) => (/\s$/.test(word) || ENDS_WIDE.test(word) ? word : `${word} `);

const clusters = globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

/** Return what people see as the characters of a text. */
export const characters = (text) =>
  clusters ? [...clusters.segment(text)].map(({ segment }) => segment) : Array.from(text);

const RIGHT_TO_LEFT = new Set(["ar", "he", "iw", "fa", "ur", "ps", "sd", "yi", "ji", "dv", "ug", "ckb", "ku-arab"]);

/** Return the direction of a language, `auto` where its text must say. */
export const direction = (language) =>
  RIGHT_TO_LEFT.has(language) || RIGHT_TO_LEFT.has(language.split("-")[0]) ? "rtl" : "auto";
