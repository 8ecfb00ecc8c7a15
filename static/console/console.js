// @ts-check
// The console: one operator sees the state of the room and corrects mistakes live.

import { REALLY_FORGET, forgetDevice, takeKey } from "../room/access_key.js";
import { Captions } from "../room/captions.js";
import { SPEAKERS, makeKey } from "../room/keys.js";
import { languageName } from "../room/languages.js";
import { find, query, setText } from "../room/page.js";
import { RoomRest, messageOf } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { roomName } from "../room/socket.js";
import { Alarms } from "./alarms.js";
import { FoldedPanel } from "./folded_panel.js";
import { Notices } from "./notices.js";
import { Outputs } from "./outputs.js";
import { Panels } from "./panels.js";
import { PhraseList } from "./phrase_list.js";
import { RoomWatcher } from "./room_watcher.js";
import { Shortcuts, opens } from "./shortcuts.js";
import { Sources } from "./sources.js";
import { Visibility } from "./visibility.js";

/** @import { RoomView } from "./room_watcher.js" */
/** @import { Tools } from "./tools.js" */

const LOST_MS = 1000; // a shorter loss is not shown
const STALE =
  "This page is out of date, and nothing can be changed until the connection is back. What you typed is not lost.";
const LINKLESS = "The service does not answer, so the link to the microphone page is not ready. Reload this page.";
takeKey();
const name = roomName();
const rest = new RoomRest(name);
const alarms = new Alarms(name);
const panels = new Panels();
new Notices();
const phrases = new PhraseList(rest, (label) => speakers.open().then(() => speakers.panel?.choose(label)));
/** Why the connection is lost, by what noticed it; "" if it is not. */
const losses = { socket: "", room: "" };
/** @type {number | undefined} */
let lostTimer;

const room = new RoomWatcher(rest, show, (sentence) => setLost("room", sentence));
const visibility = new Visibility(room);
const sources = new Sources(room);
const speech = new FoldedPanel("speech", room, async (details) => {
  const { openSpokenLanguages } = await import("./spoken_languages.js");
  return openSpokenLanguages(room, details);
});
const glossary = new FoldedPanel("glossary-panel", room, async (details) => {
  const { openGlossary } = await import("./glossary.js");
  return openGlossary(room, details);
});
const speakers = new FoldedPanel("speakers", room, async (details) => {
  const { openSpeakers } = await import("./speakers.js");
  return openSpeakers(room, details, phrases.rows.labels);
});
const outputs = new Outputs(room);
const links = new FoldedPanel("sharing", room, async () => {
  const { LinksPanel } = await import("./links_panel.js");
  return new LinksPanel(room, () => captions.reconnect());
});
const storedText = new FoldedPanel("stored", room, async (details) => {
  const { openStoredText } = await import("./stored_text.js");
  return openStoredText(room, details);
});

/**
 * Use a tool that is loaded when it is needed first.
 * @param {(tools: Tools) => unknown} act
 */
async function withTools(act) {
  try {
    const { Tools } = await import("./tools.js");
    await act(Tools.for({ glossary, phrases, room }));
  } catch {
    phrases.status.refused("The service does not answer, so this is not ready. Try again later.");
  }
}

const openSearch = () => withTools((tools) => tools.openSearch());
let isWordOffered = false;
function offerWord() {
  const selection = getSelection();
  isWordOffered ||= Boolean(selection?.toString() && phrases.rows.list.contains(selection.anchorNode));
  if (isWordOffered) withTools((tools) => tools.offerWord());
}

document.addEventListener("selectionchange", offerWord);
phrases.rows.list.addEventListener("select", offerWord);
const openMessages = () => withTools((tools) => tools.openMessages());
try {
  if (localStorage.getItem("surtitle-messages")) openMessages();
} catch {
  // the browser forbids storage
}
find("more-messages").addEventListener("toggle", openMessages);
find("search-open").addEventListener("click", () => shortcuts.hold(openSearch()));
makeKey(name, "source", SPEAKERS).then(
  (fragment) => {
    find("microphone", HTMLAnchorElement).href = `/microphone/${encodeURIComponent(name)}${fragment}`;
  },
  (error) => sources.status.refused(messageOf(error, LINKLESS)),
);
onSecondPress(find("forget"), REALLY_FORGET, forgetDevice);

/** @param {RoomView} view */
function show(view) {
  phrases.columns.offer(view.status.tracks);
  captions.setTracks(phrases.columns.shown);
  for (const panel of [visibility, sources, speech, speakers, glossary, outputs, links, storedText, alarms])
    panel.show(view);
  const place = view.settings.title || name;
  setText(find("place"), place);
  find("place").title = place;
  showMain();
  const spoken = view.settings.languages.map(languageName).join(", ") || "All languages";
  const targets = view.status.tracks.slice(1).map(languageName).join(", ");
  setText(find("speech-now"), targets ? `${spoken}; translated into ${targets}` : spoken);
  setText(find("figures"), `${view.status.n_readers} reading · model ${view.status.model}`);
}

/** Whether the key is refused; then no connection comes back. */
let isRefused = false;

/**
 * Note that the connection is lost, or with "" that it is back.
 * @param {"socket" | "room"} noticedBy
 * @param {string} sentence
 */
function setLost(noticedBy, sentence) {
  if (losses[noticedBy] === sentence) return;
  losses[noticedBy] = sentence;
  if (rest.isLost || !(losses.socket || losses.room)) showLost();
  else lostTimer ??= setTimeout(showLost, LOST_MS);
}

/** Show the text and the panels once it is known what is in them, so that nothing moves. */
const showMain = () => query(document, "main").classList.add("ready");

/** Show whether the connection is lost, and disable the controls while it is. */
function showLost() {
  clearTimeout(lostTimer);
  lostTimer = undefined;
  showMain();
  const loss = losses.socket || losses.room;
  rest.isLost = Boolean(loss);
  alarms.showLost(loss && !isRefused ? `${loss} ${STALE}` : loss);
  for (const node of document.querySelectorAll("#screens button, main button, main input, main select")) {
    if (loss) node.setAttribute("aria-disabled", "true");
    else node.removeAttribute("aria-disabled");
  }
  if (!loss && room.view) show(room.view);
}

const captions = new Captions(name, {
  role: "operator",
  onCaption: (caption) => phrases.receive(caption),
  onFresh: () => phrases.refresh(),
  onRoom: (status) => room.setStatus(status),
  onNames: () => phrases.rename(),
  onStatus: (status, text) => {
    isRefused = status === "refused";
    setLost("socket", text);
  },
});

phrases.rows.nameOf = (label) => captions.speakers.of(label);

/**
 * Return an action that needs the panels to be in view.
 * @param {(key: string) => unknown} act
 */
const inPanels = (act) => (/** @type {string} */ key) => {
  panels.show(true);
  return act(key);
};

/** @param {string} id */
const inLanguages = (id) => opens(inPanels(() => speech.open().then(() => find(id).focus())));

const shortcuts = new Shortcuts({
  B: () => visibility.setHidden(),
  Space: () => visibility.setPaused(),
  P: () => visibility.setPaused(), // also while a button has the focus
  M: inPanels(() => find("notice", HTMLInputElement).select()),
  X: () => room.showing.notice && visibility.setNotice(""),
  E: () => phrases.correctLast(),
  N: () => phrases.correctOutdated(),
  U: (pressed) => phrases.goToDoubt(pressed === "U" ? 1 : -1),
  F: opens(openSearch),
  "/": opens(openSearch),
  W: opens(() => withTools((tools) => tools.addWord())),
  Z: () => visibility.undo() || phrases.undo(),
  V: () => phrases.columns.showNext(),
  ArrowUp: () => phrases.keys.step(null, -1),
  ArrowDown: () => phrases.keys.step(null, 1),
  End: () => phrases.live.jump(),
  "1–9": inPanels((digit) => sources.focus(Number(digit) - 1)),
  L: inLanguages("language"),
  R: inLanguages("target"),
  T: opens(inPanels(() => speech.open().then(() => query(find("task"), "[aria-pressed=false]").focus()))),
  G: opens(inPanels(() => glossary.open().then(() => find("glossary").focus()))),
  S: opens(inPanels(() => speakers.open().then(() => query(find("speakers"), "input").focus()))),
  O: opens(inPanels(() => outputs.openForm())),
  A: () => links.open().then(() => links.panel?.copy()),
  Q: inPanels(() => links.open().then(() => links.panel?.toggleQr())),
  D: opens(inPanels(() => storedText.open().then(() => find("export-track").focus()))),
  "?": () => shortcuts.showHelp(),
});
