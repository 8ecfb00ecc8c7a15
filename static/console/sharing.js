// Who may come in, and the links that lead there, each with a key of its own.

import { makeKey } from "../room/keys.js";
import { Report, put } from "./status_line.js";

const SWITCHES = {
  is_open: ["The room is open.", "The room is closed: nobody can come in."],
  is_public: ["Anybody may read without a key.", "Only who has a key may read."],
  offers_transcript: ["Readers may download the transcript.", "Readers can no longer download the transcript."],
};
const PAGES = { audience: "v", stage: "stage", overlay: "overlay", builder: "builder" };
const COPIED_MS = 2000;

const find = (id) => document.getElementById(id);

export class Sharing {
  constructor(room) {
    Object.assign(this, { room, name: room.rest.room, report: new Report(find("sharing-report")), viewer: "" });
    for (const id of Object.keys(SWITCHES)) find(id).addEventListener("change", ({ target }) => this.turn(id, target));
    find("copy").addEventListener("click", () => this.copy());
    find("qr-show").addEventListener("click", () => this.toggleQr());
    this.link();
  }

  async link() {
    const address = (page, fragment) => `/${page}/${encodeURIComponent(this.name)}${fragment}`;
    try {
      this.viewer = await makeKey(this.name, "viewer", "made on the console");
      for (const [id, page] of Object.entries(PAGES)) find(id).href = address(page, this.viewer);
      find("microphone").href = address("microphone", await makeKey(this.name, "source", "made on the console"));
    } catch (error) {
      this.report.refused(
        error instanceof TypeError
          ? "The service does not answer, so the links are not ready. Load this page again."
          : error.message,
      );
    }
  }

  show({ settings, showing }) {
    const now = { ...settings, offers_transcript: showing.offers_transcript };
    for (const id of Object.keys(SWITCHES)) if (this.turning !== id) find(id).checked = now[id];
    put(
      find("code"),
      settings.is_public && settings.code
        ? `Anybody can read at ${location.host}/c/${settings.code}`
        : "Only who has a link can read.",
    );
  }

  async turn(id, box) {
    const wanted = box.checked;
    this.turning = id;
    const isDone = await this.report.of(async () => {
      await this.room.change({ [id]: wanted });
      return SWITCHES[id][wanted ? 0 : 1];
    });
    this.turning = "";
    if (!isDone) box.checked = !wanted;
  }

  async copy() {
    const { href } = find("audience");
    const say = (text) => {
      put(find("copy").firstChild, `${text} `);
      setTimeout(() => put(find("copy").firstChild, "Copy audience link "), COPIED_MS);
    };
    try {
      if (!href) throw new Error();
      await navigator.clipboard.writeText(href);
      say("Copied");
    } catch {
      this.report.refused("The browser does not let this page copy. Use “copy link address” on Audience.");
    }
  }

  async toggleQr() {
    const [image, link] = find("qr").children;
    const isShown = !find("qr").hidden;
    find("qr").hidden = isShown;
    find("qr-show").setAttribute("aria-expanded", !isShown);
    URL.revokeObjectURL(image.src);
    if (isShown) return;
    await this.report.of(async () => {
      const blob = await this.room.rest.file(`/qr/${encodeURIComponent(this.name)}.svg`, this.viewer.slice(1));
      image.src = link.href = URL.createObjectURL(blob);
      link.download = `${this.name}.svg`;
      return "Whoever scans the code reads along.";
    });
  }
}
