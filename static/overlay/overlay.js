// @ts-check
// The overlay: subtitles over a picture, transparent elsewhere, for OBS and full screens.

import { takeKey } from "../room/access_key.js";
import { Captions, maxBehindS } from "../room/captions.js";
import { lateNote } from "../room/late_note.js";
import { find } from "../room/page.js";
import { parse, variables } from "../room/parameters.js";
import { roomName } from "../room/socket.js";
import { SubtitleView } from "../room/subtitle_view.js";
import { nameVoice } from "../room/words.js";

const RECENT = 2; // a page that loads late shows the last phrases only; older ones would come as a flood
takeKey();
const settings = parse(location.search);
const late = find("late");

for (const [name, value] of Object.entries(variables(settings))) {
  document.documentElement.style.setProperty(name, value);
}
find("stage").classList.add(settings.valign, `pending-${settings.pending}`);
const view = await SubtitleView.create(find("stage"), find("notice"), settings);
const debug = settings.debug ? new (await import("./debug_view.js")).DebugView(find("debug"), view) : null;

/**
 * Run an action after the delay in the settings.
 * @param {() => void} act
 */
function later(act) {
  if (settings.delay) setTimeout(act, settings.delay * 1000);
  else act();
}

if (settings.demo) {
  if (settings.dual) view.follow({ tracks: ["original", "en"], showing: { is_hidden: false, notice: "" } });
  if (debug) debug.status = "sample text";
  const { play } = await import("../room/sample_text.js");
  play(
    () => view.wanted,
    (caption) => later(() => view.show(caption)),
  );
} else {
  const captions = new Captions(roomName(), {
    onFresh: () => later(() => view.forget()),
    onCaption: (caption, isNews) => {
      const wasHidden = view.isHidden;
      debug?.receive(caption);
      later(() => view.show(caption, isNews, wasHidden));
    },
    onState: (state) => {
      view.follow(state);
      captions.setTracks(view.wanted);
      late.textContent = view.isHidden || !settings.late ? "" : lateNote(state.sources);
      if (debug) debug.behindS = maxBehindS(state.sources);
    },
    onStatus: (status, text) => {
      if (debug) debug.status = `${status} ${text}`;
      // a wrong link must be visible to the person who sets up the overlay; a lost connection must not be on the screen
      if (status === "refused") late.textContent = text;
    },
    onNames: () => view.rename(),
    recent: RECENT,
  });
  view.nameOf = (label) => nameVoice(captions.speakers.shown(label));
  captions.setTracks(view.wanted);
}

let frame = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => view.relayout());
});
