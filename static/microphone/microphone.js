// @ts-check
// A page to speak from: it sends the sound of a microphone or a tab to the room and shows the subtitles.

import { REALLY_FORGET, forgetDevice, takeKey } from "../room/access_key.js";
import { Captions, LATE_S, maxBehindS } from "../room/captions.js";
import { languages } from "../room/languages.js";
import { find, setText } from "../room/page.js";
import { showPrivacy } from "../room/privacy.js";
import { messageOf } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { RoomSocket, roomName } from "../room/socket.js";
import { Outbox } from "./outbox.js";
import { Preview } from "./preview.js";
import { listMicrophones, openInput } from "./sound_input.js";

/**
 * @typedef {object} Recording What runs between Start and Stop.
 * @property {MediaStream} stream
 * @property {AudioContext} context
 * @property {AudioWorkletNode} recorder
 * @property {RoomSocket} socket
 * @property {Outbox} outbox
 */

const QUIET_DB = -55;
const QUIET_MS = 5000;
const FLUSH_MS = 300; // the last piece is still on its way from the audio thread
const FLOOR_DB = -60;
const CLIPPED = 0.999;
const RECENT = 5;
takeKey();
const room = roomName();
const SESSION = `surtitle-session-${room}`;
const inputs = find("input", HTMLSelectElement);
const language = find("language", HTMLSelectElement);
const [startButton, stopButton] = [find("start", HTMLButtonElement), find("stop", HTMLButtonElement)];
const preview = new Preview(find("preview"));
/** @type {Recording | null} */
let recording = null;
/** @type {number | null} */
let quietSince = null;

/** @param {string} text */
const say = (text) => setText(find("status"), text);
/** @param {string} text */
const warn = (text) => setText(find("warning"), text);

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
  startButton.disabled = true;
  warn("");
  try {
    const stream = await openInput(inputs.value);
    const context = new AudioContext();
    await context.audioWorklet.addModule("/static/microphone/worklet.js");
    const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
    context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(recorder);
    recording = { stream, context, recorder, ...connect() };
    recorder.port.onmessage = ({ data }) => {
      recording?.outbox.add(data.pcm);
      showLevel(data.peak);
    };
    stream
      .getAudioTracks()[0]
      .addEventListener("ended", () => stop("The sound has stopped: the device was unplugged, or sharing has ended."));
    await context.resume();
    stopButton.disabled = false;
    language.disabled = true;
    inputs.disabled = true;
    await listInputs();
  } catch (error) {
    startButton.disabled = false;
    warn(messageOf(error));
  }
}

/** Open a socket that reconnects by itself and then continues where the service is. */
function connect() {
  const session = sessionName();
  const hello = () => ({ role: "source", session, label: "browser", language: language.value || null });
  const outbox = new Outbox((bytes) => socket.send(bytes));
  const socket = new RoomSocket(
    room,
    hello,
    (message) => {
      if (message.type === "welcome") outbox.resume(message.next_sample);
      if (message.type === "ack") outbox.acknowledge(message.next_sample);
    },
    (status, text) => {
      if (status !== "open") outbox.pause();
      say(status === "open" ? "Speaking; the room is listening." : text);
      if (status === "refused") warn(text);
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
  showLevel(0);
  for (const control of [startButton, inputs, language]) control.disabled = false;
  stopButton.disabled = true;
  say("Not speaking.");
  warn(reason);
}

/**
 * Draw the level meter, and warn of sound that is lost, too loud or missing.
 * @param {number} peak Highest sample since the last call, from 0 to 1.
 */
function showLevel(peak) {
  const db = Math.max(FLOOR_DB, 20 * Math.log10(peak || 1e-9));
  const meter = find("meter");
  /** @type {HTMLElement} */ (meter.firstElementChild).style.transform = `scaleX(${1 - db / FLOOR_DB})`;
  meter.setAttribute("aria-valuenow", String(Math.round(db)));
  const now = performance.now();
  quietSince = !recording || db > QUIET_DB ? null : (quietSince ?? now);
  if (recording) warn(problem(recording.outbox.lostS, peak, quietSince === null ? 0 : now - quietSince));
}

/**
 * @param {number} lostS
 * @param {number} peak
 * @param {number} quietMs
 */
function problem(lostS, peak, quietMs) {
  if (lostS) return `The connection was lost for too long: ${lostS.toFixed(0)} s of sound were lost.`;
  if (peak >= CLIPPED) return "Too loud: the sound is clipped. Turn the microphone down.";
  return quietMs > QUIET_MS ? "No sound is arriving. Is the microphone muted, or is another one in use?" : "";
}

setText(find("place"), `the room ${room}`);
for (const { code, name } of languages) language.append(new Option(name, code));
new Captions(room, {
  onCaption: (caption) => preview.show(caption),
  onFresh: () => preview.clear(),
  onState: ({ sources }) => {
    const behindS = maxBehindS(sources);
    if (!recording?.socket.isOpen) return;
    const isLate = behindS >= LATE_S;
    say(isLate ? `Speaking; subtitles are ${behindS.toFixed(0)} s behind.` : "Speaking; the room is listening.");
  },
  onStatus: (status, text) => {
    if (status === "open") showPrivacy(find("privacy"), room).catch((error) => warn(messageOf(error)));
    if (!recording) say(status === "open" ? "Not speaking." : text);
  },
  recent: RECENT,
});
startButton.addEventListener("click", start);
stopButton.addEventListener("click", () => stop());
onSecondPress(find("forget"), REALLY_FORGET, forgetDevice);
navigator.mediaDevices?.addEventListener?.("devicechange", listInputs);
listInputs();
