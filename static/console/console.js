// The console: one person sees how the room does, and mends what is wrong while it happens.

import { Alarms } from "./alarms.js";
import { Captions } from "../room/captions.js";
import { Glossary } from "./glossary.js";
import { Keeping } from "./retention.js";
import { Outputs } from "./outputs.js";
import { Phrases } from "./phrase_list.js";
import { put } from "./status_line.js";
import { Rest } from "../room/rest.js";
import { Room } from "./room_state.js";
import { Screens } from "./visibility.js";
import { Sharing } from "./sharing.js";
import { Shortcuts } from "./shortcuts.js";
import { Sources } from "./sources.js";
import { Speech } from "./spoken_languages.js";
import { key, roomName } from "../room/socket.js";

const LOST_MS = 1000;
const find = (id) => document.getElementById(id);
const name = roomName();
const rest = new Rest(name);
const alarms = new Alarms(name);
const phrases = new Phrases(rest);
const lost = { socket: "", room: "" };
let lostTimer = null;

const room = new Room(rest, show, (sentence) => lose("room", sentence));
const screens = new Screens(room);
const sources = new Sources(room);
const speech = new Speech(room);
const glossary = new Glossary(room);
const outputs = new Outputs(room);
const sharing = new Sharing(room);
const keeping = new Keeping(room);

put(find("place"), name);

function show() {
  phrases.offer(room.state.tracks);
  for (const panel of [screens, sources, speech, glossary, outputs, sharing, keeping, alarms]) panel.show(room);
  put(find("figures"), `${room.state.n_readers} reading · model ${room.state.model}`);
}

/** The connection is lost, or back with "": what stands here may be old, and nothing can be done until it is back. */
function lose(whose, sentence) {
  if (lost[whose] === sentence) return;
  lost[whose] = sentence;
  const said = lost.socket || lost.room;
  rest.isLost = Boolean(said);
  alarms.lose(
    said &&
      `${said} What you see is old, and nothing can be changed until the connection is back. What you typed stays here.`,
  );
  for (const node of document.querySelectorAll("main button, main input, main select")) {
    if (said) node.setAttribute("aria-disabled", "true");
    else node.removeAttribute("aria-disabled");
  }
  if (!said && room.settings) show();
}

new Captions(name, {
  role: "operator",
  onCaption: (caption) => phrases.show(caption),
  onFresh: () => phrases.refresh(),
  onRoom: (state) => room.hear(state),
  onStatus: (status, text) => {
    if (status === "closed") {
      // a hiccup that is over within a second is nothing to frighten anybody with
      lostTimer ??= setTimeout(() => lose("socket", text), LOST_MS);
      return;
    }
    clearTimeout(lostTimer);
    lostTimer = null;
    lose("socket", text);
  },
});
addEventListener("hashchange", () => {
  if (key()) location.reload();
});

const focus = (id) => () => find(id).focus();

new Shortcuts(
  [
    ["B", "Hide the screens, or show them", () => screens.hide()],
    ["Space", "Pause, or resume", () => screens.pause()],
    ["P", "Pause, or resume; also while a button has the focus", () => screens.pause()],
    ["M", "Write a message to the audience", focus("notice")],
    ["X", "Remove the message", () => room.showing.notice && screens.notify("")],
    ["E", "Correct the last phrase", () => phrases.correctLast()],
    ["N", "Correct the newest outdated translation", () => phrases.correctOutdated()],
    ["Z", "Undo the last correction or withdrawal", () => phrases.undo()],
    ["V", "Show other tracks", () => phrases.lookNext()],
    ["ArrowUp", "", () => phrases.step(null, -1)],
    ["ArrowDown", "", () => phrases.step(null, 1)],
    ["End", "Jump to live", () => phrases.toLive()],
    ["1–9", "Go to the switch of a source", (digit) => sources.focus(digit - 1)],
    ["L", "Add a language", focus("language")],
    ["T", "Go to the task", () => speech.focusTask()],
    ["G", "Edit the glossary", focus("glossary")],
    ["O", "Add an output", () => outputs.open()],
    ["A", "Copy the audience link", () => sharing.copy()],
    ["Q", "Show the QR code", () => sharing.toggleQr()],
    ["D", "Download what was said", focus("export-track")],
    ["?", "Show this list", () => find("help").showModal()],
  ],
  [
    [
      "↑ ↓",
      "Go to the phrases. On a phrase: go to the one before or after; in an editor too, while nothing is changed",
    ],
    ["← →", "On a phrase: the other track"],
    ["Enter", "On a phrase: correct it; in the editor: save"],
    ["Esc", "In the editor: cancel"],
    ["Delete", "On a phrase: take it back"],
    ["Ctrl S", "In the glossary: save"],
  ],
);
