// Subtitles over a picture: two lines, transparent elsewhere, made for OBS and for full screens.

import { Captions } from "../room/captions.js";
import { parse, variables } from "../room/parameters.js";
import { Screen } from "../room/subtitle_view.js";
import { key, roomName } from "../room/socket.js";

const LATE_S = 5;
const settings = parse(location.search);
const find = (id) => document.getElementById(id);
const [stage, late, debug] = [find("stage"), find("late"), find("debug")];

for (const [name, value] of Object.entries(variables(settings)))
  document.documentElement.style.setProperty(name, value);
stage.classList.add(settings.valign, `pending-${settings.pending}`);
const screen = await Screen.make(stage, find("notice"), settings);
const later = (act) => (settings.delay ? setTimeout(act, settings.delay * 1000) : act());

/** What a person who looks for a fault wants to know, in a corner. */
class Debug {
  constructor() {
    Object.assign(this, { status: "connecting", last: null, least: Infinity, behindS: 0 });
    debug.hidden = false;
    setInterval(() => this.draw(), 500);
  }

  hear(caption) {
    // clocks of the room and of this machine differ; against the quickest caption so far delays show all the same
    const offset = performance.now() / 1000 - caption.end_s;
    this.least = Math.min(this.least, offset);
    this.last = { caption, at: performance.now(), laterS: offset - this.least };
  }

  draw() {
    const lines = [
      this.status,
      `shows ${screen.wanted.join(" and ")} of ${screen.tracks.join(", ")}`,
      `sound waiting: ${this.behindS} s`,
    ];
    if (this.last) {
      const { caption, at, laterS } = this.last;
      lines.push(
        `epoch ${caption.epoch}, seq ${caption.seq ?? "-"}, phrase ${caption.phrase}, rev ${caption.rev}, ${caption.track}, ${caption.state}`,
        `last text ${((performance.now() - at) / 1000).toFixed(1)} s ago, ${laterS.toFixed(1)} s later than the quickest`,
      );
    }
    debug.textContent = lines.join("\n");
  }
}

const watch = settings.debug ? new Debug() : null;

if (settings.demo) {
  if (settings.dual) screen.follow({ tracks: ["original", "en"], showing: { is_hidden: false, notice: "" } });
  if (watch) watch.status = "sample text";
  const { play } = await import("../room/sample_text.js");
  play(
    () => screen.wanted,
    (caption) => later(() => screen.show(caption)),
  );
} else {
  new Captions(roomName(), {
    onFresh: () => later(() => screen.forget()),
    onCaption: (caption, isNews) => {
      const isSkipped = screen.isHidden;
      watch?.hear(caption);
      later(() => screen.show(caption, isNews, isSkipped));
    },
    onState: (state) => {
      screen.follow(state);
      // readers are told when what they read is old; the number is rounded so that it does not flicker
      const behindS = Math.max(0, ...state.sources.map((source) => source.behind_s));
      late.textContent =
        behindS >= LATE_S && settings.late && !screen.isHidden ? `${Math.round(behindS / 5) * 5} s behind` : "";
      if (watch) watch.behindS = behindS;
    },
    onStatus: (status, text) => {
      if (watch) watch.status = `${status} ${text}`;
      // whoever sets the overlay up must learn that its link is wrong; a lost connection is nothing for the screen
      if (status === "refused") late.textContent = text;
    },
    // a page that loads late shows the last words only; older ones would come as a flood
    recent: 2,
  });
  addEventListener("hashchange", () => {
    if (key()) location.reload();
  });
}

let sized = null;
addEventListener("resize", () => {
  cancelAnimationFrame(sized);
  sized = requestAnimationFrame(() => screen.relayout());
});
