// The sheet of settings: it leaves the text in sight, so that every change is seen where it counts.

import { preferences } from "./preferences.js";
import { key } from "../room/socket.js";
import { canStayAwake } from "../room/wake_lock.js";

const $ = (id) => document.getElementById(id);
const sheet = $("sheet");
const opener = $("settings");
const header = document.querySelector("header");

/** Draw the controls as the preferences stand. */
function draw() {
  $("size").textContent = `${preferences.size} %`;
  // a disabled button would lose the focus of who works with keys
  $("smaller").setAttribute("aria-disabled", preferences.isSmallest);
  $("larger").setAttribute("aria-disabled", preferences.isLargest);
  for (const radio of document.getElementsByName("theme")) radio.checked = radio.value === preferences.theme;
  for (const name of ["isSpaced", "isSpoken", "isAwake", "hasKeys"]) $(name).checked = preferences[name];
}

export class Sheet {
  /** `onSize()` hears that the sheet covers more or less; `track()` is the track to download. */
  constructor(room, { onSize, track }) {
    Object.assign(this, { room, onSize, track });
    opener.addEventListener("click", () => this.toggle());
    $("close").addEventListener("click", () => this.toggle(false));
    sheet.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle(false);
    });
    opener.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle(false);
    });
    $("smaller").addEventListener("click", () => preferences.resize(-1));
    $("larger").addEventListener("click", () => preferences.resize(1));
    $("theme").addEventListener("change", ({ target }) => preferences.set({ theme: target.value }));
    for (const name of ["isSpaced", "isSpoken", "isAwake", "hasKeys"]) {
      $(name).addEventListener("change", ({ target }) => preferences.set({ [name]: target.checked }));
    }
    for (const button of $("downloads").querySelectorAll("button")) {
      button.addEventListener("click", () => this.download(button.dataset.kind));
    }
    $("wake").hidden = !canStayAwake;
    preferences.addEventListener("change", draw);
    const sizes = new ResizeObserver(() => this.place());
    sizes.observe(sheet);
    sizes.observe(header);
    addEventListener("resize", () => this.place());
    draw();
  }

  toggle(isOpen = sheet.hidden) {
    if (isOpen === !sheet.hidden) return;
    sheet.hidden = !isOpen;
    opener.setAttribute("aria-expanded", isOpen);
    document.documentElement.classList.toggle("with-sheet", isOpen);
    this.place();
    (isOpen ? $("close") : opener).focus({ preventScroll: true });
  }

  /** Leave the room that the sheet takes at the foot of the page free of text. */
  place() {
    const isBelow = !sheet.hidden && sheet.getBoundingClientRect().left < 1;
    const looks = document.documentElement.style;
    looks.setProperty("--foot", isBelow ? `${sheet.offsetHeight}px` : "0px");
    looks.setProperty("--head", `${header.offsetHeight}px`);
    this.onSize();
  }

  offer(isOffered) {
    $("downloads").hidden = !isOffered;
  }

  /** Save the transcript; the key goes in a header, so that no address holds it. */
  async download(kind) {
    const state = $("download-state");
    const track = this.track();
    state.textContent = "Fetching …";
    try {
      const address = `/transcript/${encodeURIComponent(this.room)}.${kind}?lang=${encodeURIComponent(track)}`;
      const answer = await fetch(address, { headers: key() ? { Authorization: `Bearer ${key()}` } : {} });
      if (!answer.ok) throw new Error((await answer.json()).message);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `${this.room}.${track}.${kind}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      state.textContent = `Saved as ${link.download}.`;
    } catch (error) {
      state.textContent = error instanceof TypeError ? "The service does not answer; try again." : error.message;
    }
  }
}
