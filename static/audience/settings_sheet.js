// @ts-check
// The sheet of settings. It leaves the text visible, so that readers see the effect of each change.

import { forgetDevice } from "../room/access_key.js";
import { find, query, setText } from "../room/page.js";
import { sayError } from "../room/problems.js";
import { ServiceError, download } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { canStayAwake } from "../room/wake_lock.js";
import { LANGUAGES, forgetAsked, percent, say, words } from "../room/words.js";
import { preferences } from "./preferences.js";
import { makeOption, nameOf } from "./track_choice.js";

/** @type {("isSpaced" | "isSpoken" | "isAwake" | "hasKeys" | "hasPreview")[]} */
const SWITCHES = ["isSpaced", "isSpoken", "isAwake", "hasKeys", "hasPreview"];

const sheet = find("sheet");
const opener = find("settings");
const header = query(document, "header");

/** Draw the controls as the preferences are set. */
function draw() {
  setText(find("size"), percent(preferences.size / 100));
  // not disabled, which would take the focus from the button
  find("smaller").setAttribute("aria-disabled", String(preferences.isSmallest));
  find("larger").setAttribute("aria-disabled", String(preferences.isLargest));
  for (const radio of find("theme").querySelectorAll("input")) radio.checked = radio.value === preferences.theme;
  find("ui", HTMLSelectElement).value = preferences.ui;
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
    this.offerLanguages();
    for (const button of find("downloads").querySelectorAll("button")) {
      button.addEventListener("click", () => this.download(button.dataset.kind ?? ""));
    }
    onSecondPress(find("forget"), () => say("forget.really"), forgetDevice);
    find("wake").hidden = !canStayAwake;
    preferences.addEventListener("change", draw);
    words.addEventListener("change", draw);
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

  /** Let the reader choose the language of the page itself. */
  offerLanguages() {
    const select = find("ui", HTMLSelectElement);
    select.append(...LANGUAGES.map((code) => makeOption(code, nameOf(code), code)));
    select.addEventListener("change", () => {
      forgetAsked();
      preferences.set({ ui: select.value });
    });
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
    setText(state, say("settings.fetching"));
    try {
      await download(`/transcript/${encodeURIComponent(this.room)}.${kind}?lang=${encodeURIComponent(track)}`, name);
      setText(state, say("settings.saved", { file: name }));
    } catch (error) {
      const isWithheld = error instanceof ServiceError && error.code === "access";
      setText(state, isWithheld ? say("problem.withheld") : sayError(error));
    }
  }
}
