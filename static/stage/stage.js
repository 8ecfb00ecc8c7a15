// Subtitles for a hall: a projector or a confidence monitor, full of huge text.

import { Captions } from "../room/captions.js";
import { parse, variables } from "../room/parameters.js";
import { Screen } from "../room/subtitle_view.js";
import { roomName } from "../room/socket.js";

const LATE_S = 5;
const AWAKE_MS = 3000;
const TAP_MS = 400;
const STEP = 1.1;
const find = (id) => document.getElementById(id);
const settings = parse(location.search, { lines: 3, valign: "middle", clear: 30 });
const { style } = document.documentElement;
const screen = await Screen.make(find("stage"), find("notice"), settings);
let room = null;
let link = "The connection is being made.";

/** The looks, which a reload keeps because they stand in the address. */
function dress() {
  for (const [name, value] of Object.entries(variables(settings))) style.setProperty(name, value);
  if (!settings.bg && settings.bgOpacity === undefined) style.removeProperty("--cap-background");
  style.setProperty("--stage-lines", settings.lines * screen.wanted.length);
  style.setProperty("--stage-scale", settings.scale);
  screen.relayout();
}

function remember(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  history.replaceState(null, "", `?${query}${location.hash}`);
  Object.assign(settings, changes);
  screen.arrange();
  dress();
}

function resize(factor) {
  remember({ scale: Number(Math.min(2, Math.max(0.5, settings.scale * factor)).toFixed(2)) });
}

/** The translation, the original, both, and the translation again. */
function nextLanguage() {
  const translated = screen.tracks.filter((track) => track !== "original");
  if (!translated.length) return;
  const choices = [...translated, "original"].map((lang) => ({ lang, dual: false }));
  choices.push({ lang: translated[0], dual: true });
  const [lang] = screen.wanted;
  const now = choices.findIndex((choice) => choice.dual === settings.dual && (choice.dual || choice.lang === lang));
  const { lang: next, dual } = choices[(now + 1) % choices.length];
  remember({ lang: next, dual });
}

async function fill() {
  try {
    await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  } catch {
    // the browser allows it only after a touch or a key; F11 does the same
  }
}

/** Keep the display on; where the browser wants a touch first, or https, it is asked again at the next one. */
let lock = null;
async function stayOn() {
  if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // refused, as on a battery that is low; subtitles go on
  }
}

let asleep = null;
function wake() {
  document.body.classList.add("awake");
  clearTimeout(asleep);
  asleep = setTimeout(() => document.body.classList.remove("awake"), AWAKE_MS);
  stayOn();
}

/** One quiet line in the corner; nothing where all is well. */
function note() {
  const behindS = Math.max(0, ...(room?.sources ?? []).map((source) => source.behind_s));
  if (link) find("note").textContent = link;
  else if (room?.showing.is_paused) find("note").textContent = "Paused";
  else find("note").textContent = behindS >= LATE_S && settings.late ? `${Math.round(behindS / 5) * 5} s behind` : "";
}

function follow(state) {
  room = state;
  screen.follow(state);
  const { length } = state.showing.notice;
  find("notice").className = length > 120 ? "longer" : length > 45 ? "long" : "";
  document.body.classList.toggle("blank", screen.isHidden);
  dress();
  note();
}

const keys = {
  f: fill,
  F: fill,
  "+": () => resize(STEP),
  "=": () => resize(STEP),
  "-": () => resize(1 / STEP),
  l: nextLanguage,
  L: nextLanguage,
};

document.body.classList.add(settings.theme);
document.documentElement.classList.add(settings.theme);
find("stage").classList.add(settings.valign, `pending-${settings.pending}`);
dress();
wake();
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  stayOn();
  keys[event.key]();
});
find("smaller").addEventListener("click", () => resize(1 / STEP));
find("larger").addEventListener("click", () => resize(STEP));
find("language").addEventListener("click", nextLanguage);
find("full").addEventListener("click", fill);
let tapped = -Infinity;
addEventListener("pointermove", wake);
addEventListener("pointerup", (event) => {
  wake();
  if (event.target.closest("button")) return;
  if (event.timeStamp - tapped < TAP_MS) fill();
  tapped = event.timeStamp - tapped < TAP_MS ? -Infinity : event.timeStamp;
});
document.addEventListener("visibilitychange", stayOn);
let sized = null;
addEventListener("resize", () => {
  cancelAnimationFrame(sized);
  sized = requestAnimationFrame(() => screen.relayout());
});

if (settings.demo) {
  link = "";
  follow({ tracks: ["original", "en"], sources: [], showing: { is_hidden: false, is_paused: false, notice: "" } });
  const { play } = await import("../room/sample_text.js");
  play(
    () => screen.wanted,
    (caption) => screen.show(caption),
  );
} else {
  new Captions(roomName(), {
    onFresh: () => screen.forget(),
    onCaption: (caption, isNews) => screen.show(caption, isNews),
    onState: follow,
    onStatus: (status, text) => {
      link = status === "open" ? "" : text;
      document.body.classList.toggle("refused", status === "refused");
      note();
    },
    recent: 4,
  });
  addEventListener("hashchange", () => location.reload());
}
