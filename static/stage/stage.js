// @ts-check
// The stage: huge subtitles for a projector or a confidence monitor.

import { takeKey } from "../room/access_key.js";
import { Captions } from "../room/captions.js";
import { lateNote } from "../room/late_note.js";
import { find } from "../room/page.js";
import { parse, variables } from "../room/parameters.js";
import { sayRefusal } from "../room/problems.js";
import { Projector } from "../room/projector.js";
import { roomName } from "../room/socket.js";
import { SubtitleView } from "../room/subtitle_view.js";
import { nameVoice, say } from "../room/words.js";

/** @import { RoomState } from "../room/messages" */
/** @import { Settings } from "../room/parameters.js" */

const STEP = 1.1;
const SCALE_MIN = 0.5;
const SCALE_MAX = 2;
const RECENT = 4;
takeKey();
const settings = parse(location.search, { lines: 3, valign: "middle", clear: 30, preview: true });
const { style } = document.documentElement;
const view = await SubtitleView.create(find("stage"), find("notice"), settings);
/** @type {Pick<RoomState, "tracks" | "sources" | "showing"> | null} */
let room = null;
/** @type {Captions | undefined} */
let captions;
let connection = say("stage.connecting");

function applySettings() {
  for (const [name, value] of Object.entries(variables(settings))) style.setProperty(name, value);
  if (!settings.bg && settings.bgOpacity === undefined) style.removeProperty("--cap-background");
  style.setProperty("--stage-lines", String(settings.lines * view.wanted.length));
  style.setProperty("--stage-scale", String(settings.scale));
  view.relayout();
}

/**
 * Change settings, and the address with them, so that a reload keeps them.
 * @param {Partial<Settings>} changes
 */
function changeSettings(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) query.set(name, String(value));
  history.replaceState(null, "", `?${query}${location.hash}`);
  Object.assign(settings, changes);
  view.arrange();
  captions?.setTracks(view.wanted);
  applySettings();
}

/** @param {number} factor */
function resize(factor) {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, settings.scale * factor));
  changeSettings({ scale: Number(scale.toFixed(2)) });
}

/** Show each translation, then the original, then each with the original, then the first translation again. */
function nextLanguage() {
  const translated = view.tracks.filter((track) => track !== "original");
  if (!translated.length) return;
  const choices = [...translated, "original"].map((lang) => ({ lang, dual: false }));
  choices.push(...translated.map((lang) => ({ lang, dual: true })));
  const [lang] = view.wanted;
  const now = choices.findIndex((choice) => choice.dual === settings.dual && choice.lang === lang);
  changeSettings(choices[(now + 1) % choices.length]);
}

/** Draw one quiet line in the corner: the connection, a pause or a delay; nothing if all is well. */
function drawNote() {
  const late = settings.late ? lateNote(room?.sources ?? []) : "";
  find("note").textContent = connection || (room?.showing.is_paused ? say("stage.paused") : late);
}

/** @param {Pick<RoomState, "tracks" | "sources" | "showing">} state */
function follow(state) {
  room = state;
  view.follow(state);
  captions?.setTracks(view.wanted);
  document.body.classList.toggle("blank", view.isHidden);
  applySettings();
  drawNote();
}

/** @type {Record<string, () => void>} */
const keys = {
  "+": () => resize(STEP),
  "=": () => resize(STEP),
  "-": () => resize(1 / STEP),
  l: nextLanguage,
};

document.body.classList.add(settings.theme);
document.documentElement.classList.add(settings.theme);
find("stage").classList.add(settings.valign, `pending-${settings.pending}`);
applySettings();
new Projector(keys);
find("smaller").addEventListener("click", () => resize(1 / STEP));
find("larger").addEventListener("click", () => resize(STEP));
find("language").addEventListener("click", nextLanguage);
let frame = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => view.relayout());
});

if (settings.demo) {
  connection = "";
  const showing = { is_hidden: false, is_paused: false, notice: "", offers_transcript: false };
  follow({ tracks: ["original", "en"], sources: [], showing });
  const { play } = await import("../room/sample_text.js");
  play(
    () => view.wanted,
    (caption) => view.show(caption),
  );
} else {
  captions = new Captions(roomName(), {
    onFresh: () => view.forget(),
    onCaption: (caption, isNews) => view.show(caption, isNews),
    onState: follow,
    onStatus: (status, text, code = "") => {
      connection = status === "open" ? "" : status === "closed" ? say("problem.lost") : sayRefusal(code, text);
      document.body.classList.toggle("refused", status === "refused");
      drawNote();
    },
    onNames: () => view.rename(),
    recent: RECENT,
  });
  const { speakers } = captions;
  view.nameOf = (label) => nameVoice(speakers.shown(label));
  captions.setTracks(view.wanted);
}
