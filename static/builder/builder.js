// Makes the link of an overlay from a form, and shows what it will look like.

import { Captions } from "../room/captions.js";
import { readerKey } from "../room/keys.js";
import { GROUPS, PRESETS } from "./form_fields.js";
import { asked, isGood } from "../room/parameters.js";
import { key, roomName } from "../room/socket.js";

const WAIT_MS = 250;
const room = roomName();
const path = `/overlay/${encodeURIComponent(room)}`;
const find = (id) => document.getElementById(id);
const inputs = new Map();
let fragment = "";

const make = (tag, given, ...children) => {
  const node = Object.assign(document.createElement(tag), given);
  node.append(...children);
  return node;
};

/** One labelled control; a colour has a picker beside its text. */
function control(field) {
  const { name, label, choices, example, hint, isColor } = field;
  const id = `field-${name}`;
  const parts = [make("label", { htmlFor: id, textContent: label })];
  const input = choices ? make("select", { id }) : make("input", { id, placeholder: example, spellcheck: false });
  for (const [value, text] of choices ?? []) input.add(new Option(text, value));
  inputs.set(name, input);
  input.addEventListener("input", changed);
  if (isColor) {
    const picker = make("input", { type: "color", value: `#${example}` });
    picker.setAttribute("aria-label", `${label}, picker`);
    picker.addEventListener("input", () => {
      input.value = picker.value.slice(1);
      changed();
    });
    parts.push(make("div", { className: "colored" }, input, picker));
  } else {
    parts.push(input);
  }
  if (!choices) {
    parts.push(make("p", { id: `${id}-hint`, className: "soft", textContent: hint ?? "Six digits, as ffcc00." }));
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  return make("div", {}, ...parts);
}

/** The parameters that the form asks for; what makes no sense is marked and left out. */
function query() {
  const found = new URLSearchParams();
  for (const [name, input] of inputs) {
    const text = input.value.trim().replace(/^#/, "");
    const isWrong = text !== "" && !isGood(name, text);
    input.setAttribute("aria-invalid", String(isWrong));
    if (text && !isWrong) found.set(name, text);
  }
  return found;
}

function fill(given) {
  const values = asked(given);
  for (const [name, input] of inputs) {
    const value = (values[name] ?? "").replace(/^#/, "");
    if (input.localName === "select" && value && ![...input.options].some((option) => option.value === value)) {
      // a word for the usual choice, such as mode=rollup, needs no place in the link; a language may come later
      input.value = "";
      if (name === "lang") input.add(new Option(value, value, false, true));
      else if (name === "dual" || name === "late" || name === "debug")
        input.value = /^(1|true|yes|on)$/.test(value) ? "1" : input.querySelector('[value="0"]') ? "0" : "";
    } else {
      input.value = value;
    }
  }
  changed();
}

let waiting = null;
function changed() {
  const params = query();
  const text = params.toString();
  const link = new URL(`${path}${text ? `?${text}` : ""}${fragment}`, location.href).href;
  find("link").value = link;
  find("open").href = link;
  find("said").textContent = "";
  history.replaceState(null, "", `${text ? `?${text}` : location.pathname}${location.hash}`);
  for (const [button, preset] of presets)
    button.setAttribute("aria-pressed", String(new URLSearchParams(preset).toString() === text));
  clearTimeout(waiting);
  waiting = setTimeout(preview, WAIT_MS);
}

/** Sample text needs no key, so the frame gets none. */
function preview() {
  const params = query();
  params.set("demo", "1");
  const address = `${path}?${params}`;
  const frame = find("preview");
  // replaced, so that each change is no step of the browser's history
  if (frame.dataset.address !== address) frame.contentWindow.location.replace(address);
  frame.dataset.address = address;
}

function fit() {
  find("picture").style.setProperty("--shrink", find("picture").clientWidth / 1920);
}

async function copy() {
  const link = find("link");
  try {
    await navigator.clipboard.writeText(link.value);
    find("said").textContent = "Copied.";
  } catch {
    // browsers give the clipboard to safe addresses only
    link.focus();
    link.select();
    find("said").textContent = "Press Ctrl+C: the link is selected.";
  }
}

function readBack() {
  const field = find("paste");
  const text = field.value.trim();
  if (!text) return;
  let address = null;
  try {
    address = new URL(text, location.href);
  } catch {
    address = null;
  }
  if (!address || !/^\/overlay\/[^/]+$/.test(address.pathname)) {
    find("pasted").textContent = "Expected the link of an overlay, as …/overlay/ROOM?….";
    return;
  }
  field.value = ""; // it may hold a key
  fill(address.search);
  const [there] = address.pathname.split("/").slice(-1);
  find("pasted").textContent =
    there === encodeURIComponent(room)
      ? "Its looks are taken over."
      : "Its looks are taken over; the link above is for this room.";
}

const presets = PRESETS.map(([label, given]) => {
  const button = make("button", { type: "button", className: "preset", textContent: label });
  button.addEventListener("click", () => fill(given));
  find("presets").append(button);
  return [button, given];
});
for (const [legend, fields] of GROUPS) {
  const group = make("div", { className: "fields" }, ...fields.map(control));
  find("fields").append(make("fieldset", { className: "card" }, make("legend", { textContent: legend }), group));
}
for (const button of document.querySelectorAll("[data-picture]")) {
  button.addEventListener("click", () => {
    find("picture").className = button.dataset.picture;
    for (const one of document.querySelectorAll("[data-picture]"))
      one.setAttribute("aria-pressed", String(one === button));
  });
}
find("place").textContent = `the room ${room}`;
find("copy").addEventListener("click", copy);
find("paste").addEventListener("input", readBack);
find("form").addEventListener("submit", (event) => event.preventDefault());
addEventListener("resize", fit);
addEventListener("hashchange", () => location.reload());
fit();
fill(location.search);

const captions = new Captions(room, {
  onCaption: () => {},
  onState: ({ tracks }) => {
    // the languages of the room, once; the builder is no reader
    captions.socket.close();
    const select = inputs.get("lang");
    const known = [...select.options].map((option) => option.value);
    for (const track of tracks) if (!known.includes(track)) select.add(new Option(nameOf(track), track));
  },
  onStatus: (status, text) => {
    if (status === "refused") find("warning").textContent = text;
  },
  recent: 0,
});

function nameOf(track) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(track);
  } catch {
    return track;
  }
}

try {
  if (key()) fragment = await readerKey(room, "made by the overlay builder");
} catch (error) {
  find("warning").textContent = `No key for the link: ${error.message}`;
}
changed();
