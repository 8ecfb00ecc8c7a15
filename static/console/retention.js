// What was said: how long it is kept, as files, and erased.

import { trackName } from "../room/language_names.js";
import { Report, put } from "./status_line.js";

const find = (id) => document.getElementById(id);
const BLOB_MS = 60_000;

export class Keeping {
  constructor(room) {
    Object.assign(this, {
      room,
      name: room.rest.room,
      tracks: "",
      kept: null,
      report: new Report(find("keeping-report")),
    });
    put(find("erase-form").querySelector("b"), this.name);
    const forms = {
      "retention-form": () => this.keep(),
      "export-form": () => this.download(),
      "erase-form": () => this.erase(),
    };
    for (const [id, act] of Object.entries(forms))
      find(id).addEventListener("submit", (event) => {
        event.preventDefault();
        act();
      });
  }

  show({ settings, state }) {
    const hours = settings.retention_h;
    if (this.kept !== hours) {
      if (find("retention").value === "" || Number(find("retention").value) === this.kept)
        find("retention").value = hours;
      this.kept = hours;
    }
    put(
      find("retention-say"),
      hours
        ? `Captions are kept for ${hours} h; sound is never kept.`
        : "Captions are kept in memory only; sound is never kept.",
    );
    if (this.tracks === state.tracks.join()) return;
    this.tracks = state.tracks.join();
    const chosen = find("export-track").value;
    find("export-track").replaceChildren(...state.tracks.map((track) => new Option(trackName(track), track)));
    if (state.tracks.includes(chosen)) find("export-track").value = chosen;
  }

  keep() {
    return this.report.of(async () => {
      const { retention_h: hours } = await this.room.change({ retention_h: Number(find("retention").value) });
      return hours ? `From now on captions are kept for ${hours} h.` : "From now on captions are kept in memory only.";
    });
  }

  download() {
    return this.report.of(async () => {
      const [track, format] = [find("export-track").value, find("export-format").value];
      const blob = await this.room.rest.file(
        `/transcript/${encodeURIComponent(this.name)}.${format}?lang=${encodeURIComponent(track)}`,
      );
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${this.name}${track === "original" ? "" : `.${track}`}.${format}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), BLOB_MS);
      return `${link.download} is downloaded.`;
    });
  }

  /** Erase all captions; only for whoever types the name of the room. */
  async erase() {
    const isDone = await this.report.of(async () => {
      const typed = find("erase-name").value.trim();
      if (typed !== this.name)
        throw new Error(`Not erased: expected the name of the room, ${this.name}, got “${typed}”.`);
      await this.room.rest.act("DELETE", "/captions");
      return "All that was said is erased.";
    });
    if (isDone) find("erase-name").value = "";
  }
}
