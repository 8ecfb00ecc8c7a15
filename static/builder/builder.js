// @ts-check
// Makes the link of an overlay from a form, and shows a preview of it.

import { REALLY_FORGET, forgetDevice, key, takeKey } from "../room/access_key.js";
import { Captions } from "../room/captions.js";
import { trackName } from "../room/languages.js";
import { find } from "../room/page.js";
import { messageOf } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { roomName } from "../room/socket.js";
import { Form, make } from "./form.js";
import { GROUPS, PRESETS } from "./form_fields.js";
import { readerKey } from "./reader_key.js";

const WAIT_MS = 250;
const OVERLAY_WIDTH = 1920;
takeKey();
const room = roomName();
const path = `/overlay/${encodeURIComponent(room)}`;
const form = new Form(showLink);
const picture = find("picture");
let fragment = "";
let timer = 0;

/** Show the link for what is in the form, and keep the form in the address, so that a reload keeps it. */
function showLink() {
  const query = form.read().toString();
  const link = new URL(`${path}${query ? `?${query}` : ""}${fragment}`, location.href).href;
  find("link", HTMLInputElement).value = link;
  find("open", HTMLAnchorElement).href = link;
  find("said").textContent = "";
  history.replaceState(null, "", `${query ? `?${query}` : location.pathname}${location.hash}`);
  for (const { button, preset } of presets) {
    button.setAttribute("aria-pressed", String(new URLSearchParams(preset).toString() === query));
  }
  clearTimeout(timer);
  timer = setTimeout(showPreview, WAIT_MS);
}

/** Load the overlay with sample text, which needs no key. */
function showPreview() {
  const params = form.read();
  params.set("demo", "1");
  const address = `${path}?${params}`;
  const frame = find("preview", HTMLIFrameElement);
  // replaced, so that a change adds nothing to the browser's history
  if (frame.dataset.address !== address) frame.contentWindow?.location.replace(address);
  frame.dataset.address = address;
}

function fitPreview() {
  picture.style.setProperty("--shrink", String(picture.clientWidth / OVERLAY_WIDTH));
}

async function copyLink() {
  const link = find("link", HTMLInputElement);
  try {
    await navigator.clipboard.writeText(link.value);
    find("said").textContent = "Copied.";
  } catch {
    // browsers allow it on secure pages only
    link.focus();
    link.select();
    find("said").textContent = "The link is selected. Press Ctrl+C to copy it.";
  }
}

/** @param {string} text */
function addressOf(text) {
  try {
    return new URL(text, location.href);
  } catch {
    return null;
  }
}

/** Fill the form from the link of an overlay. */
function readPasted() {
  const field = find("paste", HTMLInputElement);
  const text = field.value.trim();
  if (!text) return;
  const address = addressOf(text);
  if (!address || !/^\/overlay\/[^/]+$/.test(address.pathname)) {
    find("pasted").textContent = "Expected the link of an overlay, such as …/overlay/ROOM?….";
    return;
  }
  field.value = ""; // it may contain a key
  form.fill(address.search);
  const isSame = address.pathname.split("/").pop() === encodeURIComponent(room);
  find("pasted").textContent = `Its settings are in the form${isSame ? "." : "; the link above is for this room."}`;
}

const presets = PRESETS.map(([label, preset]) => {
  const button = make("button", { type: "button", className: "preset", textContent: label });
  button.addEventListener("click", () => form.fill(preset));
  find("presets").append(button);
  return { button, preset };
});
for (const { legend, fields } of GROUPS) {
  const group = make("div", { className: "fields" }, ...fields.map((field) => form.addField(field)));
  find("fields").append(make("fieldset", { className: "card" }, make("legend", { textContent: legend }), group));
}
/** @type {NodeListOf<HTMLElement>} */
const backgrounds = document.querySelectorAll("[data-picture]");
for (const button of backgrounds) {
  button.addEventListener("click", () => {
    picture.className = button.dataset.picture ?? "";
    for (const other of backgrounds) other.setAttribute("aria-pressed", String(other === button));
  });
}
find("place").textContent = `the room ${room}`;
find("copy").addEventListener("click", copyLink);
find("paste").addEventListener("input", readPasted);
find("form").addEventListener("submit", (event) => event.preventDefault());
addEventListener("resize", fitPreview);
onSecondPress(find("forget"), REALLY_FORGET, forgetDevice);
fitPreview();
form.fill(location.search);

const captions = new Captions(room, {
  onCaption: () => {},
  onState: ({ tracks }) => {
    // the builder needs the languages of the room once
    captions.close();
    form.offer(
      "lang",
      tracks.map((track) => ({ value: track, label: trackName(track) })),
    );
  },
  onStatus: (status, text) => {
    if (status === "refused") find("warning").textContent = text;
  },
  recent: 0,
});

try {
  if (key()) fragment = await readerKey(room, "made by the overlay builder");
} catch (error) {
  find("warning").textContent = `No key for the link: ${messageOf(error)}`;
}
showLink();
