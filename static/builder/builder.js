// @ts-check
// Makes the link of an overlay from a form, and shows a preview of it.

import { REALLY_FORGET, forgetDevice, key, takeKey } from "../room/access_key.js";
import { Captions } from "../room/captions.js";
import { trackName } from "../room/languages.js";
import { find, query, setText } from "../room/page.js";
import { messageOf } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { roomName } from "../room/socket.js";
import { Form } from "./form.js";
import { GROUPS, USUAL } from "./form_fields.js";
import { make } from "../room/make.js";
import { PresetPanel } from "./preset_panel.js";
import { readerKey } from "./reader_key.js";

const WAIT_MS = 250;
const OVERLAY_WIDTH = 1920;
takeKey();
const room = roomName();
const path = `/overlay/${encodeURIComponent(room)}`;
const form = new Form(showLink);
const more = GROUPS.flatMap(({ fields }) => fields.map(({ name }) => name));
const picture = find("picture");
let fragment = "";
let timer = 0;

/** Show the link for what is in the form, and keep the form in the address, so that a reload keeps it. */
function showLink() {
  const params = form.read();
  const look = params.toString();
  const link = new URL(`${path}${look ? `?${look}` : ""}${fragment}`, location.href).href;
  find("link", HTMLInputElement).value = link;
  find("open", HTMLAnchorElement).href = link;
  find("said").textContent = "";
  history.replaceState(null, "", `${look ? `?${look}` : location.pathname}${location.hash}`);
  const nChanged = more.filter((name) => params.has(name)).length;
  setText(find("more-count"), nChanged ? `(${nChanged} changed)` : "");
  presets.mark();
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

find("usual").append(...USUAL.map((field) => form.addField(field)));
for (const { legend, fields } of GROUPS) {
  const group = make("div", { className: "fields" }, ...fields.map((field) => form.addField(field)));
  find("fields").append(make("fieldset", {}, make("legend", { textContent: legend }), group));
}
/** @type {NodeListOf<HTMLElement>} */
const backgrounds = document.querySelectorAll("[data-picture]");
for (const button of backgrounds) {
  button.addEventListener("click", () => {
    picture.className = button.dataset.picture ?? "";
    for (const other of backgrounds) other.setAttribute("aria-pressed", String(other === button));
  });
}
setText(find("place"), `the room ${room}`);
find("copy").addEventListener("click", copyLink);
find("form").addEventListener("submit", (event) => event.preventDefault());
new ResizeObserver(fitPreview).observe(picture);
onSecondPress(find("forget"), REALLY_FORGET, forgetDevice);
const presets = new PresetPanel(
  room,
  () => form.read().toString(),
  (look) => form.fill(look),
);
form.fill(location.search);
// shown only now, complete, so that nothing on the page moves
for (const part of [query(document, ".settings"), find("foot")]) part.hidden = false;

const captions = new Captions(room, {
  onCaption: () => {},
  onState: ({ tracks, title }) => {
    if (title) setText(find("place"), `the room “${title}”`);
    // the builder needs the languages of the room once
    captions.close();
    form.offer(
      "lang",
      tracks.map((track) => ({ value: track, label: trackName(track) })),
    );
  },
  onStatus: (status, text) => {
    if (status === "refused") setText(find("warning"), text);
  },
  recent: 0,
});

try {
  if (key()) fragment = await readerKey(room, "made by the overlay builder");
} catch (error) {
  setText(find("warning"), `The link has no key: ${messageOf(error)}`);
}
showLink();
