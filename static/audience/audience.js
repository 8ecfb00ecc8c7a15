// @ts-check
// The audience page: subtitles in the reader's language, live and as far back as they are stored.

import { takeKey } from "../room/access_key.js";
import { Captions } from "../room/captions.js";
import { find, query, setText } from "../room/page.js";
import { sayRefusal } from "../room/problems.js";
import { roomName } from "../room/socket.js";
import { follow as followChoice, nameVoice, say, words } from "../room/words.js";
import { Announcer } from "./announcer.js";
import { ConnectionStatus } from "./connection_status.js";
import { History, OVERDUE_MS } from "./history.js";
import { makeInstallable } from "./install.js";
import { keepAwake } from "./keep_awake.js";
import { preferences } from "./preferences.js";
import { SettingsSheet } from "./settings_sheet.js";
import { TrackChoice } from "./track_choice.js";
import { VirtualList } from "./virtual_list.js";

/** @import { Caption, RoomState } from "../room/messages" */
/** @import { SearchSheet } from "./search_sheet.js" */

const TYPED = "input:not([type=radio], [type=checkbox]), select, textarea";
takeKey();
const room = roomName();
const language = find("language", HTMLSelectElement);
const history = new History(room);
const list = new VirtualList({
  history,
  list: find("captions"),
  above: find("above"),
  below: find("below"),
  header: query(document, "header"),
  onMove: (isFollowing) => {
    find("live").hidden = isFollowing;
  },
  onDraw: () => fetchOlder(),
  nameOf: (label) => nameVoice(captions.speakers.shown(label)),
});
const choice = new TrackChoice(language, preferences, (tracks) => list.showTracks(tracks));
const connectionStatus = new ConnectionStatus(find("state"), find("state-text"), find("announcement"));
const announcer = new Announcer(find("announcer"));
const sheet = new SettingsSheet(room, { onSize: () => list.scheduleDraw(), track: () => list.tracks[0] });
/** Whether what arrives is said now; the captions of a snapshot were said before. */
let isCurrent = false;
let isTranscriptOffered = false;
let hadPreview = preferences.hasPreview;
/** @type {{ code: string, text: string } | null} */
let refusal = null;

/** Fetch older phrases when the reader comes near the oldest, or where all phrases do not fill the page. */
async function fetchOlder() {
  const page = document.documentElement;
  const isNear = list.isFollowing ? page.scrollHeight <= innerHeight : scrollY < 2 * innerHeight;
  if (isNear && history.hasOlder && (await history.fetchOlder())) {
    showBeginning();
    list.scheduleDraw();
  }
}

function showBeginning() {
  setText(find("beginning"), history.problem || (history.isAll && history.phrases.length ? say("text.begins") : ""));
}

function showEmpty() {
  find("empty").hidden = history.phrases.length > 0 || connectionStatus.status === "refused";
}

function showRefusal() {
  setText(find("refusal"), refusal ? sayRefusal(refusal.code, refusal.text) : "");
}

function startAgain() {
  history.clear();
  list.clear();
  showBeginning();
  showEmpty();
  isCurrent = false;
  setTimeout(() => {
    isCurrent = true;
  });
}

/** @param {Caption} caption */
function receive(caption) {
  const phrase = history.put(caption);
  if (!phrase) return;
  choice.noteLanguage(caption);
  captions.setTracks(list.tracks);
  showEmpty();
  if (isCurrent && caption.state === "final" && caption.track === list.tracks[0])
    announcer.announce(caption, nameVoice(captions.speakers.shown(caption.speaker)));
  history.trim();
  list.scheduleDraw(phrase);
  if (phrase.finalMs < Infinity && !list.tracks.some((track) => phrase.captions.has(track))) {
    setTimeout(() => list.scheduleDraw(phrase), OVERDUE_MS); // the original is shown if no translation has come
  }
}

/** @param {RoomState} state */
function follow(state) {
  choice.offer(state.tracks);
  captions.setTracks(list.tracks);
  showTitle(state.title || room);
  connectionStatus.setRoom(state);
  setText(find("notice"), state.showing.notice);
  // more can be read back now
  if (state.showing.offers_transcript && !isTranscriptOffered) history.isAll = false;
  isTranscriptOffered = state.showing.offers_transcript;
  sheet.offerDownload(isTranscriptOffered);
}

/** @param {KeyboardEvent} event */
function press(event) {
  const isTyping = event.target instanceof Element && event.target.closest(TYPED);
  if (isTyping || !preferences.hasKeys || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" || event.key === "=") preferences.resize(1);
  else if (event.key === "-") preferences.resize(-1);
  else if (event.key === "End") list.jumpToLive();
  else if (event.key === "/") toggleSearch();
  else if (event.key.toLowerCase() === "l" && !language.hidden) openLanguages();
  else return;
  event.preventDefault();
}

/** @type {Promise<SearchSheet> | null} */
let search = null;

async function toggleSearch() {
  search ??= import("./search_sheet.js").then(
    (module) => new module.SearchSheet({ history, list, opener: find("search") }),
  );
  (await search).toggle();
}

function openLanguages() {
  language.focus();
  try {
    language.showPicker();
  } catch {
    // older browsers cannot; the list has the focus
  }
}

/** @param {string} name */
function showTitle(name) {
  setText(find("title"), say("page.heading", { room: name }));
  document.title = say("page.title", { room: name });
}

showTitle(room);
for (const button of document.querySelectorAll(".privacy-open")) {
  button.addEventListener("click", async () => (await import("./privacy_dialog.js")).openPrivacy(room));
}
find("search").addEventListener("click", toggleSearch);
find("live").addEventListener("click", () => {
  list.jumpToLive();
  find("main").focus({ preventScroll: true });
});
preferences.addEventListener("change", () => {
  list.forgetHeights();
  followChoice(preferences);
  if (preferences.hasPreview !== hadPreview) list.showTracks(list.tracks);
  hadPreview = preferences.hasPreview;
});
words.addEventListener("change", () => {
  showTitle(connectionStatus.room?.title || room);
  showBeginning();
  showRefusal();
  connectionStatus.draw();
  choice.list();
  list.showTracks(list.tracks);
});
addEventListener("keydown", press);
keepAwake();
makeInstallable(room);

const captions = new Captions(room, {
  onFresh: startAgain,
  onCaption: receive,
  onState: follow,
  onNames: () => list.forgetHeights(),
  onStatus: (status, text, code = "") => {
    connectionStatus.setStatus(status);
    refusal = status === "refused" ? { code, text } : null;
    showRefusal();
    showEmpty();
  },
});
captions.setTracks(list.tracks);
language.addEventListener("change", () => captions.setTracks(list.tracks));
