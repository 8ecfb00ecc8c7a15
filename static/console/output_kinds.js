// @ts-check
// The kinds of outputs: their names, the fields of their forms, and help.

import { trackName } from "../room/language_names.js";

/**
 * @typedef {object} OutputField
 * @property {string} name
 * @property {string} label
 * @property {"text" | "password" | "number" | "checkbox" | "select"} type
 * @property {string} [value] What is in the field at first.
 * @property {boolean} [isChecked]
 * @property {string[]} [options]
 * @property {boolean} [isOptional]
 */

/** @typedef {{ name: string, help: string, fields: OutputField[] }} OutputKind */

/** @type {OutputField} */
const LANGUAGE = {
  name: "language",
  label: "Language code, such as en-US; may be empty",
  type: "text",
  isOptional: true,
};

/** @type {Record<string, OutputKind>} */
export const KINDS = {
  zoom: {
    name: "Zoom",
    help: "In the meeting: Show captions, Set up manual captioner, Copy the API token. Zoom's own captions go off then.",
    fields: [{ name: "url", label: "API token", type: "password" }, LANGUAGE],
  },
  teams: {
    name: "Teams",
    help: "In the meeting's options: Provide CART captions, Copy link. Somebody in the meeting must have captions on.",
    fields: [{ name: "url", label: "CART link", type: "password" }, LANGUAGE],
  },
  youtube: {
    name: "YouTube",
    help: "In Studio, in the stream's settings: Closed captions, Post captions to URL. Set a delay of 30 s.",
    fields: [{ name: "url", label: "Caption address", type: "password" }],
  },
  obs: {
    name: "OBS",
    help: "In OBS: Tools, WebSocket Server Settings, Enable. This needs the key of the whole service.",
    fields: [
      { name: "host", label: "Host", type: "text", value: "127.0.0.1" },
      { name: "port", label: "Port", type: "number", value: "4455" },
      { name: "password", label: "Password", type: "password", isOptional: true },
      { name: "scene", label: "Scene", type: "text", value: "Meeting with subtitles" },
      { name: "overlay", label: "Show the overlay there", type: "checkbox", isChecked: true },
      { name: "virtual_camera", label: "Start the virtual camera", type: "checkbox" },
    ],
  },
  file: {
    name: "File",
    help: "A file in the service's folder that grows with the talk.",
    fields: [{ name: "format", label: "Format", type: "select", options: ["srt", "vtt", "txt", "json", "csv"] }],
  },
};

/**
 * Return the name of an output.
 * @param {{ kind: string, track: string | null }} output
 */
export const outputName = ({ kind, track }) =>
  `${KINDS[kind]?.name ?? kind}, ${track ? trackName(track) : "last track"}`;
