// The page of the audience: the text at once, in the reader's language, as far back as they like.

import { Captions } from "../room/captions.js";
import { Connection } from "./connection.js";
import { History } from "./history.js";
import { Languages } from "./languages.js";
import { preferences } from "./preferences.js";
import { Reading } from "./virtual_list.js";
import { Sheet } from "./settings_sheet.js";
import { key, roomName } from "../room/socket.js";
import { Spoken } from "./announcer.js";

const $ = (id) => document.getElementById(id);
const room = roomName();
const history = new History(room);
const reading = new Reading({
  history,
  list: $("captions"),
  above: $("above"),
  below: $("below"),
  header: document.querySelector("header"),
  onMove: (isFollowing) => {
    $("live").hidden = isFollowing;
  },
  onDraw: () => fetchOlder(),
});
const languages = new Languages($("language"), preferences, (tracks) => reading.show(tracks));
const connection = new Connection($("state"), $("state-text"), $("told"));
const spoken = new Spoken($("spoken"));
const sheet = new Sheet(room, { onSize: () => reading.plan(), track: () => reading.tracks[0] });
let isCurrent = false;
let isOffered = false;

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Fetch older phrases when the reader comes near the oldest held, or where all that is held does not fill the page. */
async function fetchOlder() {
  const page = document.documentElement;
  const isNear = reading.isFollowing ? page.scrollHeight <= innerHeight : scrollY < 2 * innerHeight;
  if (isNear && history.hasOlder && (await history.older())) {
    showBeginning();
    reading.plan();
  }
}

function showBeginning() {
  setText($("beginning"), history.problem || (history.isAll && history.phrases.length ? "The text begins here." : ""));
}

function showEmpty() {
  $("empty").hidden = history.phrases.length > 0 || connection.status === "refused";
}

function fresh() {
  history.clear();
  reading.clear();
  showBeginning();
  showEmpty();
  // what the snapshot holds was said before
  isCurrent = false;
  setTimeout(() => {
    isCurrent = true;
  });
}

function take(caption) {
  const phrase = history.put(caption);
  if (!phrase) return;
  languages.hear(caption);
  showEmpty();
  if (isCurrent && caption.state === "final" && caption.track === reading.tracks[0]) spoken.tell(caption);
  history.trim();
  reading.plan(phrase);
}

function look(state) {
  languages.offer(state.tracks);
  connection.draw(state);
  setText($("notice"), state.showing.notice);
  if (state.showing.offers_transcript && !isOffered) history.isAll = false;
  isOffered = state.showing.offers_transcript;
  sheet.offer(isOffered);
}

setText($("title"), `Subtitles of the room ${room}`);
document.title = `${room} – subtitles`;
$("live").addEventListener("click", () => {
  reading.jumpToLive();
  $("main").focus({ preventScroll: true });
});
preferences.addEventListener("change", () => reading.forgetHeights());

addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input:not([type=radio], [type=checkbox]), select, textarea");
  if (isTyping || !preferences.hasKeys || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" || event.key === "=") preferences.resize(1);
  else if (event.key === "-") preferences.resize(-1);
  else if (event.key === "End") reading.jumpToLive();
  else if (event.key.toLowerCase() === "l" && !$("language").hidden) openLanguages();
  else return;
  event.preventDefault();
});

function openLanguages() {
  $("language").focus();
  try {
    $("language").showPicker();
  } catch {
    // older browsers leave that to the reader
  }
}

new Captions(room, {
  onFresh: fresh,
  onCaption: take,
  onState: look,
  onStatus: (status, text) => {
    connection.set(status);
    setText($("refusal"), status === "refused" ? text : "");
    showEmpty();
  },
});
addEventListener("hashchange", () => {
  if (key()) location.reload();
});
