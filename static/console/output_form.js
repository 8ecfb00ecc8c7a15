// @ts-check
// The form that adds an output, and the kinds of outputs with their fields.

import { trackName } from "../room/languages.js";
import { find, setText } from "../room/page.js";
import { fetchPart } from "./parts.js";

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

/** @typedef {{ help: string, fields: OutputField[] }} OutputKind */

/** @type {OutputField} */
const LANGUAGE = {
  name: "language",
  label: "Language code, such as en-US (optional)",
  type: "text",
  isOptional: true,
};

/** @type {Record<string, OutputKind>} */
const KINDS = {
  zoom: {
    help: "In the meeting: Show captions, Set up manual captioner, Copy the API token. This turns off Zoom's own captions.",
    fields: [{ name: "url", label: "API token", type: "password" }, LANGUAGE],
  },
  teams: {
    help: "In the meeting's options: Provide CART captions, Copy link. Somebody in the meeting must turn captions on.",
    fields: [{ name: "url", label: "CART link", type: "password" }, LANGUAGE],
  },
  youtube: {
    help: "In Studio, in the stream's settings: Closed captions, Post captions to URL. Set a delay of 30 s.",
    fields: [{ name: "url", label: "Caption address", type: "password" }],
  },
  obs: {
    help: "In OBS: Tools, WebSocket Server Settings, Enable. You need the admin key.",
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
    help: "A file in the service's folder that grows during the talk.",
    fields: [{ name: "format", label: "Format", type: "select", options: ["srt", "vtt", "txt", "json", "csv"] }],
  },
};

export class OutputForm {
  tracks = "";

  /** @param {() => void} onSubmit */
  constructor(onSubmit) {
    this.kind = find("kind", HTMLSelectElement);
    this.kind.addEventListener("change", () => this.reset());
    find("output-form").addEventListener("submit", (event) => {
      event.preventDefault();
      onSubmit();
    });
    this.reset();
  }

  /** @param {string[]} tracks */
  offerTracks(tracks) {
    if (this.tracks === tracks.join()) return;
    this.tracks = tracks.join();
    const select = find("output-track", HTMLSelectElement);
    const chosen = select.value;
    select.replaceChildren(
      new Option("The room's last track", ""),
      ...tracks.map((track) => new Option(trackName(track), track)),
    );
    if (tracks.includes(chosen)) select.value = chosen;
  }

  /** Show the empty fields of the chosen kind. */
  reset() {
    const { help, fields } = KINDS[this.kind.value];
    setText(find("kind-help"), help);
    find("fields").replaceChildren(...fields.map(makeField));
  }

  /** Return what the service needs to add the output. */
  read() {
    const track = find("output-track", HTMLSelectElement).value || null;
    /** @type {Record<string, unknown>} */
    const output = { kind: this.kind.value, track };
    for (const { name, type } of KINDS[this.kind.value].fields) {
      const input = find("fields").querySelector(`[name="${name}"]`);
      const { value } = /** @type {HTMLInputElement} */ (input);
      const isChecked = input instanceof HTMLInputElement && input.checked;
      if (name === "overlay") output.overlay = isChecked ? find("overlay", HTMLAnchorElement).href : "";
      else if (type === "checkbox") output[name] = isChecked;
      else if (value.trim())
        output[name] = type === "number" ? Number(value) : name === "password" ? value : value.trim();
    }
    return output;
  }

  /** Close the form and empty it, because it may contain a secret. */
  close() {
    this.reset();
    const details = find("add", HTMLDetailsElement);
    details.open = false;
    details.querySelector("summary")?.focus();
  }
}

/** @param {OutputField} field */
function makeField({ name, label, type, value = "", isChecked = false, options = [], isOptional = false }) {
  const node = document.createElement("label");
  const input = document.createElement(type === "select" ? "select" : "input");
  input.name = name;
  input.required = type !== "checkbox" && !isOptional;
  if (input instanceof HTMLSelectElement) input.append(...options.map((option) => new Option(option)));
  else if (type === "checkbox") Object.assign(input, { type, checked: isChecked });
  else {
    const autocomplete = type === "password" ? "new-password" : "off";
    Object.assign(input, { type, value, autocomplete, spellcheck: false });
  }
  if (type === "checkbox") {
    node.className = "switch";
    node.append(input, label);
  } else {
    node.append(label, input);
  }
  return node;
}

/**
 * Add the form to its panel.
 * @param {HTMLElement} details
 * @param {() => void} onSubmit
 */
export async function openOutputForm(details, onSubmit) {
  details.append(...(await fetchPart("output_form")));
  return new OutputForm(onSubmit);
}
