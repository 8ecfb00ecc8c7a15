// @ts-check
// A page to speak from: it sends the sound of a microphone or a tab to the room and shows the subtitles.

import { forgetDevice, takeKey } from "../room/access_key.js";
import { Captions, LATE_S, maxBehindS } from "../room/captions.js";
import { languages } from "../room/languages.js";
import { find, setText } from "../room/page.js";
import { showPrivacy } from "../room/privacy.js";
import { sayError, sayRefusal } from "../room/problems.js";
import { onSecondPress } from "../room/second_press.js";
import { RoomSocket, roomName } from "../room/socket.js";
import { WakeLock } from "../room/wake_lock.js";
import { nameLanguages, say } from "../room/words.js";
import { LevelMeter } from "./level_meter.js";
import { Outbox } from "./outbox.js";
import { Preview } from "./preview.js";
import { listMicrophones, openInput } from "./sound_input.js";

/** @import { Status } from "../room/messages" */

/**
 * @typedef {object} Recording What runs between Start and Stop.
 * @property {MediaStream} stream
 * @property {AudioContext} context
 * @property {AudioWorkletNode} recorder
 * @property {RoomSocket} socket
 * @property {Outbox} outbox
 */

const FLUSH_MS = 300; // the last piece is still on its way from the audio thread
const RECENT = 5;
takeKey();
const room = roomName();
const SESSION = `surtitle-session-${room}`;
const SPEAKER = `surtitle-speaker-${room}`;
const inputs = find("input", HTMLSelectElement);
const language = find("language", HTMLSelectElement);
const speaker = find("speaker", HTMLInputElement);
const talk = find("talk", HTMLButtonElement);
const level = new LevelMeter(find("meter"), find("level"));
const lock = new WakeLock(() => recording !== null);
const preview = new Preview(find("preview"));
/** @type {Recording | null} */
let recording = null;

/** @param {string} text */
const showStatus = (text) => setText(find("status"), text);
/** @param {string} text */
const warn = (text) => setText(find("warning"), text);

/**
 * @param {Status} status
 * @param {string} text The service's sentence for a refusal.
 * @param {string} [code]
 */
const sayStatus = (status, text, code = "") => (status === "closed" ? say("problem.lost") : sayRefusal(code, text));

/** Return a name for this session that a reload of the page keeps, so that its sound continues where it was. */
function sessionName() {
  let name = sessionStorage.getItem(SESSION);
  if (!name) {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    name = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem(SESSION, name);
  }
  return name;
}

async function listInputs() {
  const microphones = await listMicrophones();
  const chosen = inputs.value;
  inputs.querySelectorAll("[data-device]").forEach((option) => option.remove());
  for (const { label, deviceId } of microphones) {
    const option = new Option(label, deviceId);
    option.dataset.device = "yes";
    inputs.add(option, 1);
  }
  inputs.value = chosen;
}

async function start() {
  talk.disabled = true;
  warn("");
  showStatus(say("speak.wait"));
  try {
    const stream = await openInput(inputs.value);
    const context = new AudioContext();
    await context.audioWorklet.addModule("/static/microphone/worklet.js");
    const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
    context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(recorder);
    recording = { stream, context, recorder, ...connect() };
    recorder.port.onmessage = ({ data }) => {
      recording?.outbox.add(data.pcm);
      level.show(data.peak);
      warnOfLoss();
    };
    stream.getAudioTracks()[0].addEventListener("ended", () => stop(say("speak.ended")));
    await context.resume();
    showTalking(true);
    find("privacy-details").removeAttribute("open"); // for the next speaker the button is enough
    lock.request();
    await listInputs();
  } catch (error) {
    showTalking(false);
    showStatus(say("speak.idle"));
    warn(sayError(error));
  }
}

/** @param {boolean} isTalking */
function showTalking(isTalking) {
  talk.disabled = false;
  talk.setAttribute("aria-pressed", String(isTalking));
  setText(talk, say(isTalking ? "speak.stop" : "speak.start"));
  for (const control of [inputs, language]) control.disabled = isTalking;
}

/** Open a socket that reconnects by itself and then continues where the service is. */
function connect() {
  const session = sessionName();
  const hello = () => ({
    role: "source",
    session,
    label: "browser",
    speaker: speaker.value.trim(),
    language: language.value || null,
  });
  const outbox = new Outbox((bytes) => socket.send(bytes));
  const socket = new RoomSocket(
    room,
    hello,
    (message) => {
      if (message.type === "welcome") outbox.resume(message.next_sample);
      if (message.type === "ack") outbox.acknowledge(message.next_sample);
    },
    (status, text, code) => {
      if (status !== "open") outbox.pause();
      showStatus(status === "open" ? say("speak.listening") : sayStatus(status, text, code));
      if (status === "refused") warn(sayStatus(status, text, code));
    },
  );
  return { socket, outbox };
}

function stop(reason = "") {
  if (!recording) return;
  const { stream, context, recorder, socket, outbox } = recording;
  recorder.port.postMessage("stop");
  stream.getTracks().forEach((track) => track.stop());
  // at once, so that a new start begins a new session
  sessionStorage.removeItem(SESSION);
  setTimeout(async () => {
    recorder.port.onmessage = null;
    socket.send(JSON.stringify({ type: "end" }));
    await context.close();
    socket.close();
    outbox.clear();
  }, FLUSH_MS);
  recorder.port.onmessage = ({ data }) => outbox.add(data.pcm);
  recording = null;
  lock.release();
  level.clear();
  showTalking(false);
  showStatus(say("speak.idle"));
  warn(reason);
}

/** Send the name of the speaker, and remember it on this device. */
function nameSpeaker() {
  const name = speaker.value.trim();
  recording?.socket.send(JSON.stringify({ type: "speaker", speaker: name }));
  try {
    if (name) localStorage.setItem(SPEAKER, name);
    else localStorage.removeItem(SPEAKER);
  } catch {
    // the browser forbids storage
  }
}

function warnOfLoss() {
  const lostS = recording?.outbox.lostS ?? 0;
  if (lostS) warn(say("speak.lost", { n: Math.round(lostS) }));
}

setText(find("place"), room);
for (const { code, name } of nameLanguages(languages)) language.append(new Option(name, code));
new Captions(room, {
  onCaption: (caption) => preview.show(caption),
  onFresh: () => preview.clear(),
  onState: ({ sources, title }) => {
    setText(find("place"), title || room);
    const behindS = maxBehindS(sources);
    if (!recording?.socket.isOpen) return;
    const isLate = behindS >= LATE_S;
    showStatus(isLate ? say("speak.late", { n: Math.round(behindS) }) : say("speak.listening"));
  },
  onStatus: (status, text, code) => {
    if (status === "open") showPrivacy(find("privacy"), room).catch((error) => warn(sayError(error)));
    if (!recording) showStatus(status === "open" ? say("speak.idle") : sayStatus(status, text, code));
  },
  recent: RECENT,
}).setTracks(["original"]);
try {
  speaker.value = localStorage.getItem(SPEAKER) ?? "";
} catch {
  // the browser forbids storage
}
speaker.addEventListener("change", nameSpeaker);
talk.addEventListener("click", () => (recording ? stop() : start()));
onSecondPress(
  find("forget"),
  () => say("forget.really"),
  () => {
    speaker.value = "";
    nameSpeaker();
    forgetDevice();
  },
);
navigator.mediaDevices?.addEventListener?.("devicechange", listInputs);
listInputs();
