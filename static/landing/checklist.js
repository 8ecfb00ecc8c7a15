// @ts-check
// The steps of a meeting in one room, each with its state and a sentence. No page, no clock: only what is known of the room.

import { ONLY_HERE } from "../room/device_links.js";
import { languageName } from "../room/languages.js";

/** @import { OutputState, RoomResource } from "../room/messages" */
/** @import { Finding, StepState } from "./sound_watch.js" */

/** @typedef {"sound" | "language" | "reading" | "meeting" | "start"} StepId */

/** @typedef {Finding & { id: StepId, title: string }} Step */

/** @type {Record<StepId, string>} */
export const TITLES = {
  sound: "Sound arrives",
  language: "Language",
  reading: "Where people read",
  meeting: "OBS, Zoom, Teams",
  start: "Start",
};

/** @type {Record<StepId, string>} The same within a sentence. */
const NAMES = {
  sound: "sound",
  language: "language",
  reading: "where people read",
  meeting: "OBS or meeting",
  start: "start",
};

/** @type {Record<StepState, string>} What a state is called; never shown by colour alone. */
export const WORDS = { done: "Done", todo: "To do", problem: "Check this", optional: "Optional" };

/** @type {Record<string, string>} */
const OUTPUTS = { zoom: "Zoom", teams: "Microsoft Teams", youtube: "YouTube", obs: "OBS Studio" };

/** @type {(items: readonly string[]) => string} */
const listed = (items) => new Intl.ListFormat("en-GB", { type: "conjunction" }).format(items);

/** @type {(count: number, noun: string) => string} */
const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/**
 * Return all steps of a room.
 * @param {RoomResource} room
 * @param {Finding} sound
 * @param {boolean} isShared Whether a link for readers was made here.
 * @returns {Step[]}
 */
export function describeSteps(room, sound, isShared) {
  /** @type {[StepId, Finding][]} */
  const found = [
    ["sound", room.state.showing.is_paused ? PAUSED : sound],
    ["language", describeLanguage(room)],
    ["reading", describeReading(room, isShared)],
    ["meeting", describeMeeting(room.state.outputs)],
  ];
  const steps = found.map(([id, finding]) => ({ id, title: TITLES[id], ...finding }));
  return [...steps, { id: "start", title: TITLES.start, ...describeStart(room, steps) }];
}

/** @type {Finding} */
const PAUSED = { state: "problem", sentence: "The room is paused: sound is ignored. Press Resume under Start." };

/**
 * @param {RoomResource} room
 * @returns {Finding}
 */
function describeLanguage({ languages, task, targets, state }) {
  if (state.model === "demo") {
    const sentence = "The demo model knows only a few hundred words. Start Surtitle with a real one: --model small.";
    return { state: "problem", sentence };
  }
  const names = languages.map(languageName);
  const isEnglish = languages.length === 1 && languages[0] === "en";
  const offered = [...new Set([...(task === "translate" && !isEnglish ? ["en"] : []), ...targets])].map(languageName);
  const read = `People can ${names.length ? "also " : ""}read it in ${listed(offered)}.`;
  if (!names.length) {
    const sentence = "Every language is recognised. Name the spoken ones for fewer mistakes.";
    return { state: "done", sentence: targets.length ? `${sentence} ${read}` : sentence };
  }
  const spoken = `${listed(names)} ${names.length > 1 ? "are" : "is"} spoken`;
  if (offered.length) return { state: "done", sentence: `${spoken}. ${read}` };
  if (task === "transcribe") return { state: "done", sentence: `${spoken}. Nothing is translated.` };
  return { state: "done", sentence: `${spoken}, so there is nothing to translate into English.` };
}

/**
 * @param {RoomResource} room
 * @param {boolean} isShared
 * @returns {Finding}
 */
function describeReading({ address, is_open: isOpen, is_public: isPublic, code, state }, isShared) {
  if (!isOpen) return { state: "problem", sentence: "The room is closed: nobody can join. Open it under Start." };
  if (!address) return { state: "problem", sentence: ONLY_HERE };
  const reading = state.n_readers ? ` (${counted(state.n_readers, "reader")} now)` : "";
  if (isPublic && code)
    return { state: "done", sentence: `Everybody can read at ${shortAddress(address, code)}${reading}` };
  if (state.n_readers || isShared) return { state: "done", sentence: `People read with their link${reading}.` };
  return { state: "todo", sentence: "People need the link of this room. Show them the QR code, or send the link." };
}

/**
 * Return the short address of a public room as people type it.
 * @param {string} address
 * @param {string} code
 */
export const shortAddress = (address, code) => `${address.replace(/^https?:\/\//, "")}/c/${code}`;

/**
 * @param {readonly OutputState[]} all
 * @returns {Finding}
 */
function describeMeeting(all) {
  const outputs = all.filter(({ kind }) => kind in OUTPUTS);
  const failing = outputs.find(({ health }) => health.status === "retrying" || health.status === "failed");
  if (failing) {
    const why = failing.health.message || "Subtitles do not get through.";
    return { state: "problem", sentence: `${OUTPUTS[failing.kind]}: ${why}` };
  }
  const names = [...new Set(outputs.map(({ kind }) => OUTPUTS[kind]))];
  if (!names.length) {
    return { state: "optional", sentence: "Only if subtitles should be in a stream, a recording or a video meeting." };
  }
  return { state: "done", sentence: `${listed(names)} ${names.length > 1 ? "get" : "gets"} the subtitles.` };
}

/**
 * @param {RoomResource} room
 * @param {readonly Step[]} before
 * @returns {Finding}
 */
function describeStart({ is_open: isOpen, state: { showing } }, before) {
  const left = before.filter(({ state }) => state === "todo" || state === "problem");
  if (left.length) {
    const names = left.map(({ id }) => NAMES[id]);
    return { state: "todo", sentence: `${counted(left.length, "step")} left: ${listed(names)}.` };
  }
  if (!isOpen || showing.is_paused) return { state: "todo", sentence: "Open the room, and resume it, when you begin." };
  if (showing.is_hidden) return { state: "todo", sentence: "Screens are hidden. Show them when you begin." };
  return { state: "done", sentence: "Everything is ready. Open the console and begin." };
}

/**
 * Return the state of a room in a few words, for a list of rooms.
 * @param {readonly Step[]} steps
 */
export function summarize(steps) {
  const start = steps.find(({ id }) => id === "start");
  if (start?.state === "done") return "Everything is ready";
  const n = steps.filter(({ id, state }) => id !== "start" && (state === "todo" || state === "problem")).length;
  return n ? `${counted(n, "step")} left` : "Nearly ready";
}
