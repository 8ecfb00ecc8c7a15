// Subtitles over a picture: two lines, transparent elsewhere, made for OBS and for full screens.

import { Captions } from "./captions.js";
import { Lines } from "./lines.js";
import { parse, variables } from "./parameters.js";
import { key, roomName } from "./socket.js";

const settings = parse(location.search);
const stage = document.getElementById("stage");
const debug = document.getElementById("debug");
const views = new Map();
let tracks = ["original"];
let quiet = null;

for (const [name, value] of Object.entries(variables(settings))) document.documentElement.style.setProperty(name, value);
stage.classList.add(settings.valign, `pending-${settings.pending}`);
debug.hidden = !settings.debug;

/** The tracks to show: the one asked for, else English where there is a translation, and the original beside it in dual. */
function wanted() {
  const translated = tracks.find((track) => track !== "original");
  const first = settings.lang === "auto" ? translated ?? "original" : settings.lang;
  const second = first === "original" ? translated : "original";
  return settings.dual && second ? [first, second] : [first];
}

function arrange() {
  const names = wanted();
  if (names.join() === [...views.keys()].join()) return;
  stage.replaceChildren();
  views.clear();
  names.forEach((name, i) => {
    const box = document.createElement("div");
    box.className = `caption-box empty${i ? " second" : ""}`;
    box.classList.toggle("outlined", settings.outline !== undefined || settings.theme === "transparent");
    box.dataset.track = name;
    if (settings.dir !== "auto") box.dir = settings.dir;
    stage.append(box);
    const options = { count: settings.lines, onePhrase: settings.mode === "block", pending: settings.pending };
    views.set(name, { box, lines: new Lines(box, options) });
  });
}

function show(caption) {
  const view = views.get(caption.track);
  if (!view) return;
  view.lines.show(caption);
  view.box.classList.toggle("empty", view.box.textContent.trim() === "");
  clearTimeout(quiet);
  if (settings.clear) quiet = setTimeout(clear, settings.clear * 1000);
}

function clear() {
  for (const { box, lines } of views.values()) {
    lines.clear();
    box.classList.add("empty");
  }
}

const LATE_S = 5;
const late = document.getElementById("late");
const later = (act) => (settings.delay ? setTimeout(act, settings.delay * 1000) : act());

function playDemo() {
  const text = "This is how your subtitles will look. Solid words stay where they are, grey words may still change.".split(" ");
  let heard = 0;
  let rev = 0;
  let phrase = 0;
  setInterval(() => {
    heard += 1;
    rev += 1;
    const committed = text.slice(0, Math.max(0, heard - 4)).join(" ");
    const isOver = heard > text.length + 4;
    show({
      phrase: `demo-${phrase}`, track: wanted()[0], rev, state: isOver ? "final" : "open", language: "en",
      committed: isOver ? text.join(" ") : committed, tentative: isOver ? "" : text.slice(Math.max(0, heard - 4), heard).join(" "),
    });
    if (isOver) [heard, phrase] = [0, phrase + 1];
  }, 350);
}

arrange();
if (settings.demo) {
  playDemo();
} else {
  new Captions(roomName(), {
    onFresh: () => later(clear),
    onCaption: (caption) => later(() => show(caption)),
    onState: (state) => {
      tracks = state.tracks;
      arrange();
      // readers are told when what they read is old; the number is rounded so that it does not flicker
      const behindS = Math.max(0, ...state.sources.map((source) => source.behind_s));
      late.textContent = behindS >= LATE_S && settings.late ? `${Math.round(behindS / 5) * 5} s behind` : "";
    },
    onStatus: (status, text) => {
      debug.textContent = `${status} ${text}`;
      // whoever sets the overlay up must learn that its link is wrong; a lost connection is nothing for the screen
      if (status === "refused") late.textContent = text;
    },
    // a page that loads late shows the last words only; older ones would come as a flood
    recent: 2,
  });
  addEventListener("hashchange", () => { if (key()) location.reload(); });
}
