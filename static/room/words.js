// @ts-check
// The page's own words in the reader's language: one JSON file, read before the page is seen.

/** @typedef {keyof typeof import("../words/en.json")} Key */
/** @typedef {string | number | Date} Value Numbers and dates are written as the language writes them. */
/** @typedef {{ ui: string, language: string }} Choice What the reader chose: a language for pages, tracks of subtitles. */

/** The languages that have a file in static/words. */
export const LANGUAGES = ["en", "de", "es", "fr", "pt"];
const CHOSEN = "surtitle-audience"; // audience/preferences.js stores it

/** Has an event "change" when the page speaks another language than before. */
export const words = new EventTarget();
/** The language of the page's words. */
export let language = "en";
/** The same with the region of the browser, for numbers and dates. */
let locale = "en";
/** @type {Partial<Record<Key, string | Partial<Record<Intl.LDMLPluralRule, string>>>>} */
let texts = {};
let asked = new URLSearchParams(location.search).get("ui") ?? "";

/** @param {string} tag */
const baseOf = (tag) => tag.toLowerCase().split(/[-+]/)[0];

/**
 * Return the language to speak to a reader: of the address (`?ui=`), chosen for pages, of the chosen subtitles, of the
 * browser, or else English.
 * @param {Partial<Choice>} choice
 */
export function pickLanguage({ ui = "", language: tracks = "" }) {
  const wanted = [asked, ui, tracks, ...navigator.languages].map(baseOf);
  return wanted.find((code) => LANGUAGES.includes(code)) ?? "en";
}

/** @returns {Partial<Choice>} */
function readChoice() {
  try {
    const { ui, language: tracks } = JSON.parse(localStorage.getItem(CHOSEN) ?? "{}");
    return { ui: String(ui ?? ""), language: String(tracks ?? "") };
  } catch {
    return {}; // storage is forbidden, or another version wrote it
  }
}

/**
 * Read the words of a language, or of another one if they cannot be read, such as without a network.
 * @param {string} code
 */
async function read(code) {
  for (const one of new Set([code, ...LANGUAGES])) {
    const answer = await fetch(`/static/words/${one}.json`).catch(() => null);
    if (!answer?.ok) continue;
    texts = await answer.json();
    language = one;
    locale = navigator.languages.find((tag) => baseOf(tag) === one) ?? one;
    document.documentElement.lang = one;
    return;
  }
}

/**
 * Speak the language that the reader has chosen now, unless the address asks for another one.
 * @param {Choice} choice
 */
export async function follow(choice) {
  const code = pickLanguage(choice);
  if (code === language) return;
  await read(code);
  fill();
  words.dispatchEvent(new Event("change"));
}

/** Forget the language in the address, because the reader has chosen one. */
export function forgetAsked() {
  if (!asked) return;
  asked = "";
  const address = new URL(location.href);
  address.searchParams.delete("ui");
  history.replaceState(history.state, "", address);
}

/**
 * Return a text of the page; `n` chooses its plural form.
 * @param {Key} key
 * @param {Record<string, Value>} [values] By the names in braces.
 */
export function say(key, values = {}) {
  const found = texts[key] ?? key;
  const form = new Intl.PluralRules(locale).select(Number(values.n ?? 0));
  const text = typeof found === "string" ? found : (found[form] ?? found.other ?? key);
  return text.replace(/\{(\w+)\}/g, (place, name) => write(values[name] ?? place));
}

/**
 * Return a text by a name that the service sent, "" if the page does not know it.
 * @param {string} name
 * @param {Record<string, Value>} [values]
 */
export const sayKnown = (name, values = {}) => (name in texts ? say(/** @type {Key} */ (name), values) : "");

/** @param {Value} value */
function write(value) {
  if (typeof value === "number") return value.toLocaleString(locale);
  return value instanceof Date ? value.toLocaleDateString(locale, { dateStyle: "long" }) : value;
}

/**
 * Return the name of a speaker; who is known by the voice alone, such as `Speaker 2`, in the language of the page.
 * @param {string | null} name
 */
export function nameVoice(name) {
  const [, n] = /^Speaker (\d+)$/.exec(name ?? "") ?? [];
  return n ? say("speaker.numbered", { n }) : name;
}

/**
 * Return a share as per cent.
 * @param {number} share 1 is 100 %.
 */
export const percent = (share) => share.toLocaleString(locale, { style: "percent" });

/**
 * Return names as an enumeration.
 * @param {string[]} names
 */
export const enumerate = (names) => new Intl.ListFormat(locale).format(names);

/**
 * Return languages with their names in the language of the page, sorted by them.
 * @param {readonly { code: string, name: string }[]} languages Their English names serve where no other is known.
 */
export function nameLanguages(languages) {
  const names = new Intl.DisplayNames(locale, { type: "language", fallback: "none" });
  const named = languages.map(({ code, name }) => ({ code, name: names.of(code) ?? name }));
  return named.sort((a, b) => a.name.localeCompare(b.name, locale));
}

/** Put the texts into the document: `data-words` has the key of an element's text, and `attribute=key`. */
function fill() {
  for (const node of document.querySelectorAll("[data-words]")) {
    for (const part of (node.getAttribute("data-words") ?? "").split(" ")) {
      const [key, name] = /** @type {[Key, string?]} */ (part.split("=").reverse());
      const text = say(key);
      if (name) node.setAttribute(name, text);
      else if (node.textContent !== text) node.textContent = text;
    }
  }
}

await read(pickLanguage(readChoice()));
if (texts["page.name"]) fill();
document.documentElement.classList.remove("wordless");
