// @ts-check
// Designs as links and as files that people exchange. Everything that comes in is checked.

import { readQuery } from "../room/parameters.js";

/**
 * @typedef {object} Preset
 * @property {string} name
 * @property {string} query Settings as in the address of an overlay, such as `lines=3&fontSize=8vh`.
 */

const FORMAT = "surtitle overlay presets";
const VERSION = 1;
export const NAME_MAX = 40;
export const PRESETS_MAX = 50;
/** Largest file in bytes; fifty designs with every setting take less than 60 kB. */
export const FILE_MAX = 200_000;
/** Parameters that say nothing about the look. */
const NO_LOOK = ["demo", "scale"];
const PAGES = /^\/(overlay|builder|stage)\/[^/]+\/?$/;

/**
 * Return the settings of a query string that say how an overlay looks, valid ones only, by their full names.
 * @param {string} query
 */
export function lookOf(query) {
  const look = new URLSearchParams(readQuery(query));
  for (const name of NO_LOOK) look.delete(name);
  return look.toString();
}

/** @param {string} name */
export const tidyName = (name) => [...name.trim().replace(/\s+/g, " ")].slice(0, NAME_MAX).join("");

/**
 * Return the text of a file with these designs.
 * @param {readonly Preset[]} presets
 */
export function writeFile(presets) {
  const listed = presets.map(({ name, query }) => ({ name, settings: readQuery(query) }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, presets: listed }, null, 2)}\n`;
}

/**
 * Read the text of a file that `writeFile` wrote.
 * @param {string} text
 * @returns {{ presets: Preset[], nLeftOut: number }}
 * @throws {Error} It is none; the message is for people.
 */
export function readFile(text) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error("Expected a file that “Export” on this page wrote, but this one is not JSON. Export it again.");
  }
  if (content?.format !== FORMAT || !Array.isArray(content.presets)) {
    throw new Error("Expected a file that “Export” on this page wrote, but this one contains something else.");
  }
  if (content.version !== VERSION) {
    throw new Error(
      `Expected version ${VERSION} of the file, but this is version ${content.version}. Update Surtitle.`,
    );
  }
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const one of content.presets.slice(0, PRESETS_MAX)) {
    const name = typeof one?.name === "string" ? tidyName(one.name) : "";
    const query = settingsOf(one?.settings);
    if (name && query !== null) found.set(name, query);
  }
  if (!found.size) throw new Error("Expected at least one preset with a name and settings, but the file has none.");
  const presets = [...found].map(([name, query]) => ({ name, query }));
  return { presets, nLeftOut: content.presets.length - presets.length };
}

/**
 * Return the valid settings of an object as a query string, null if it is no object, or has settings but no valid one.
 * @param {unknown} settings
 */
function settingsOf(settings) {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return null;
  const given = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  const query = lookOf(new URLSearchParams(given).toString());
  return given.length && !query ? null : query;
}

/**
 * Return the settings in the link of an overlay, a stage or a builder.
 * @param {string} text
 * @returns {{ query: string, room: string, ignored: string[] }} `ignored` lists what is no valid setting.
 * @throws {Error} It is no such link; the message is for people.
 */
export function readLink(text) {
  let address = null;
  try {
    address = new URL(text.trim(), new URL("/", location.href));
  } catch {
    // the sentence below says what was expected
  }
  if (!address || !PAGES.test(address.pathname)) {
    const got = text.trim().split(/[?#]/)[0].slice(0, 60);
    throw new Error(`Expected the link of an overlay, such as …/overlay/ROOM?fontSize=6vh, but got “${got}”.`);
  }
  const ignored = [...address.searchParams]
    .filter(([name, value]) => !Object.keys(readQuery(new URLSearchParams([[name, value]]).toString())).length)
    .map(([name, value]) => `${name}=${value}`);
  return { query: lookOf(address.search), room: address.pathname.split("/")[2], ignored };
}
