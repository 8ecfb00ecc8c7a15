// Who reads, where the captions go, and what the service refuses.

import { trackName } from "../room/language_names.js";
import { Report, put } from "./status_line.js";

const KINDS = {
  zoom: {
    name: "Zoom",
    help: "In the meeting: Show captions, Set up manual captioner, Copy the API token. Zoom's own captions go off then.",
    fields: [
      ["url", "API token", "password"],
      ["language", "Language code, such as en-US; may be empty", "text"],
    ],
  },
  teams: {
    name: "Teams",
    help: "In the meeting's options: Provide CART captions, Copy link. Somebody in the meeting must have captions on.",
    fields: [
      ["url", "CART link", "password"],
      ["language", "Language code, such as en-US; may be empty", "text"],
    ],
  },
  youtube: {
    name: "YouTube",
    help: "In Studio, in the stream's settings: Closed captions, Post captions to URL. Set a delay of 30 s.",
    fields: [["url", "Caption address", "password"]],
  },
  obs: {
    name: "OBS",
    help: "In OBS: Tools, WebSocket Server Settings, Enable. This needs the key of the whole service.",
    fields: [
      ["host", "Host", "text", "127.0.0.1"],
      ["port", "Port", "number", "4455"],
      ["password", "Password", "password"],
      ["scene", "Scene", "text", "Meeting with subtitles"],
      ["overlay", "Show the overlay there", "checkbox", true],
      ["virtual_camera", "Start the virtual camera", "checkbox"],
    ],
  },
  file: {
    name: "File",
    help: "A file in the service's folder that grows with the talk.",
    fields: [["format", "Format", ["srt", "vtt", "txt", "json", "csv"]]],
  },
};
const OPTIONAL = ["language", "password"];
const HEALTH = {
  starting: "Starting.",
  working: "Working.",
  retrying: "Trying again.",
  failed: "Failed: this needs you.",
};
const SURE_MS = 5000;

const find = (id) => document.getElementById(id);

/** What people call an output. */
export const outputName = ({ kind, track }) =>
  `${KINDS[kind]?.name ?? kind}, ${track ? trackName(track) : "last track"}`;

export class Outputs {
  constructor(room) {
    Object.assign(this, { room, rows: new Map(), tracks: "", report: new Report(find("outputs-report")) });
    find("kind").addEventListener("change", () => this.ask());
    find("output-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    this.ask();
  }

  show({ state }) {
    const behindS = Math.max(0, ...state.sources.map(({ behind_s: late }) => late));
    const late = state.n_late ? `, ${state.n_late} of them behind` : "";
    put(
      find("readers"),
      `${state.n_readers} reading${late}. Captions are ${behindS >= 1 ? `${Math.round(behindS)} s behind` : "up to date"}.`,
    );
    const ids = state.outputs.map(({ id }) => id);
    for (const [id, row] of this.rows)
      if (!ids.includes(id)) {
        if (row.node.contains(document.activeElement)) find("add").firstElementChild.focus();
        row.node.remove();
        this.rows.delete(id);
      }
    for (const output of state.outputs) this.render(this.rows.get(output.id) ?? this.make(output), output);
    if (this.tracks !== state.tracks.join()) {
      this.tracks = state.tracks.join();
      const chosen = find("output-track").value;
      find("output-track").replaceChildren(
        new Option("The room's last", ""),
        ...state.tracks.map((track) => new Option(trackName(track), track)),
      );
      if (state.tracks.includes(chosen)) find("output-track").value = chosen;
    }
    this.showRefusals(state.refusals ?? []);
  }

  make(output) {
    const { id } = output;
    const node = find("output").content.firstElementChild.cloneNode(true);
    const row = { node, button: node.querySelector("button") };
    const name = outputName(output);
    put(node.querySelector(".name"), name);
    row.button.setAttribute("aria-label", `Remove ${name}`);
    row.button.addEventListener("click", () => this.remove(row, id, name));
    find("outputs").append(node);
    this.rows.set(id, row);
    return row;
  }

  render({ node }, { health }) {
    const counts = `${health.n_sent} sent${health.n_dropped ? `, ${health.n_dropped} given up` : ""}.`;
    put(
      node.querySelector(".state"),
      [HEALTH[health.status] ?? health.status, health.message, counts].filter(Boolean).join(" "),
    );
    node.classList.toggle("wrong", health.status === "failed" || health.status === "retrying");
    node.classList.toggle("working", health.status === "working");
  }

  /** Remove on the second press: the first asks. */
  async remove(row, id, name) {
    const { button } = row;
    if (!row.isAsked) {
      row.isAsked = true;
      put(button, "Really remove?");
      button.setAttribute("aria-label", `Really remove ${name}?`);
      setTimeout(() => {
        row.isAsked = false;
        put(button, "Remove");
        button.setAttribute("aria-label", `Remove ${name}`);
      }, SURE_MS);
      return;
    }
    await this.report.of(async () => {
      await this.room.rest.act("DELETE", `/outputs/${encodeURIComponent(id)}`);
      return `${name} is removed.`;
    });
  }

  /** Show the fields of the kind that is chosen. */
  ask() {
    const { help, fields } = KINDS[find("kind").value];
    put(find("kind-help"), help);
    find("fields").replaceChildren(
      ...fields.map(([name, says, type, value = ""]) => {
        const label = document.createElement("label");
        const input = document.createElement(Array.isArray(type) ? "select" : "input");
        if (Array.isArray(type)) input.append(...type.map((option) => new Option(option)));
        else if (type === "checkbox") Object.assign(input, { type, checked: value });
        else
          Object.assign(input, {
            type,
            value,
            autocomplete: type === "password" ? "new-password" : "off",
            spellcheck: false,
          });
        input.name = name;
        input.required = type !== "checkbox" && !OPTIONAL.includes(name);
        if (type === "checkbox") Object.assign(label, { className: "switch" }).append(input, says);
        else label.append(says, input);
        return label;
      }),
    );
  }

  async add() {
    const kind = find("kind").value;
    const fields = { kind, track: find("output-track").value || null };
    for (const { name, type, value, checked } of find("fields").querySelectorAll("input, select")) {
      if (name === "overlay") fields.overlay = checked ? find("overlay").href : "";
      else if (type === "checkbox") fields[name] = checked;
      else if (value.trim())
        fields[name] = name === "port" ? Number(value) : name === "password" ? value : value.trim();
    }
    const isDone = await this.report.of(async () => {
      await this.room.rest.act("POST", "/outputs", fields);
      return `${KINDS[kind].name} is added. How it does is shown above.`;
    });
    if (!isDone) return;
    // a secret is never shown again, and not kept in the page either
    this.ask();
    find("add").open = false;
    find("add").firstElementChild.focus();
  }

  open() {
    find("add").open = true;
    find("kind").focus();
  }

  showRefusals(refusals) {
    const counts = refusals.reduce((sum, { count }) => sum + count, 0);
    find("refusals").hidden = !counts;
    put(find("refusals").querySelector("span"), String(counts));
    const said = refusals.map(({ message, count }) => `${count} × ${message}`);
    if (this.refused === said.join()) return;
    this.refused = said.join();
    find("refusals").lastElementChild.replaceChildren(
      ...said.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
    );
  }
}
