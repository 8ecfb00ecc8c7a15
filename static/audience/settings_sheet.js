// @ts-check
// The sheet of settings. It leaves the text visible, so that readers see the effect of each change.

import { REALLY_FORGET, forgetDevice } from "../room/access_key.js";
import { find, query, setText } from "../room/page.js";
import { download, messageOf } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { canStayAwake } from "../room/wake_lock.js";
import { preferences } from "./preferences.js";

/** @type {("isSpaced" | "isSpoken" | "isAwake" | "hasKeys")[]} */
const SWITCHES = ["isSpaced", "isSpoken", "isAwake", "hasKeys"];

const sheet = find("sheet");
const opener = find("settings");
const header = query(document, "header");

/** Draw the controls as the preferences are set. */
function draw() {
  setText(find("size"), `${preferences.size} %`);
  // not disabled, which would take the focus from the button
  find("smaller").setAttribute("aria-disabled", String(preferences.isSmallest));
  find("larger").setAttribute("aria-disabled", String(preferences.isLargest));
  for (const radio of find("theme").querySelectorAll("input")) radio.checked = radio.value === preferences.theme;
  for (const name of SWITCHES) find(name, HTMLInputElement).checked = preferences[name];
}

export class SettingsSheet {
  /**
   * @param {string} room
   * @param {object} options
   * @param {() => void} options.onSize Called when the sheet covers more or less of the page.
   * @param {() => string} options.track Returns the track to download.
   */
  constructor(room, { onSize, track }) {
    this.room = room;
    this.onSize = onSize;
    this.track = track;
    opener.addEventListener("click", () => this.toggle());
    find("close").addEventListener("click", () => this.toggle(false));
    for (const node of [sheet, opener]) {
      node.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.toggle(false);
      });
    }
    find("smaller").addEventListener("click", () => preferences.resize(-1));
    find("larger").addEventListener("click", () => preferences.resize(1));
    for (const radio of find("theme").querySelectorAll("input")) {
      radio.addEventListener("change", () => preferences.set({ theme: radio.value }));
    }
    for (const name of SWITCHES) {
      const box = find(name, HTMLInputElement);
      box.addEventListener("change", () => preferences.set({ [name]: box.checked }));
    }
    for (const button of find("downloads").querySelectorAll("button")) {
      button.addEventListener("click", () => this.download(button.dataset.kind ?? ""));
    }
    onSecondPress(find("forget"), REALLY_FORGET, forgetDevice);
    find("wake").hidden = !canStayAwake;
    preferences.addEventListener("change", draw);
    const sizes = new ResizeObserver(() => this.place());
    sizes.observe(sheet);
    sizes.observe(header);
    addEventListener("resize", () => this.place());
    draw();
  }

  /** @param {boolean} [isOpen] */
  toggle(isOpen = Boolean(sheet.hidden)) {
    if (isOpen !== Boolean(sheet.hidden)) return;
    sheet.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    document.documentElement.classList.toggle("with-sheet", isOpen);
    this.place();
    (isOpen ? find("close") : opener).focus({ preventScroll: true });
  }

  /** Keep the text out of the space that the sheet and the header cover. */
  place() {
    const isBelow = !sheet.hidden && sheet.getBoundingClientRect().left < 1;
    const { style } = document.documentElement;
    style.setProperty("--foot", isBelow ? `${sheet.offsetHeight}px` : "0px");
    style.setProperty("--head", `${header.offsetHeight}px`);
    this.onSize();
  }

  /** @param {boolean} isOffered */
  offerDownload(isOffered) {
    find("downloads").hidden = !isOffered;
  }

  /**
   * Save the transcript.
   * @param {string} kind
   */
  async download(kind) {
    const state = find("download-state");
    const track = this.track();
    const name = `${this.room}.${track}.${kind}`;
    setText(state, "Fetching …");
    try {
      await download(`/transcript/${encodeURIComponent(this.room)}.${kind}?lang=${encodeURIComponent(track)}`, name);
      setText(state, `Saved as ${name}.`);
    } catch (error) {
      setText(state, messageOf(error, "The service does not answer; try again."));
    }
  }
}
