// A page to speak from: sound of a microphone or a tab goes to the room, and its subtitles come back.

import { Captions } from "../room/captions.js";
import { Outbox } from "./outbox.js";
import { RoomSocket, roomName } from "../room/socket.js";

const find = (id) => document.getElementById(id);
const room = roomName();
const languages = {
  ar: "Arabic",
  cs: "Czech",
  da: "Danish",
  de: "German",
  en: "English",
  es: "Spanish",
  fi: "Finnish",
  fr: "French",
  hi: "Hindi",
  it: "Italian",
  ja: "Japanese",
  ko: "Korean",
  nl: "Dutch",
  no: "Norwegian",
  pl: "Polish",
  pt: "Portuguese",
  ru: "Russian",
  sv: "Swedish",
  tr: "Turkish",
  uk: "Ukrainian",
  zh: "Chinese",
};
let running = null;
let quietSince = null;

find("place").textContent = `the room ${room}`;
for (const [code, name] of Object.entries(languages)) find("language").append(new Option(name, code));

/** A name for this session that a reload of the page keeps, so that its sound continues where it was. */
function session() {
  const name = `surtitle-session-${room}`;
  let made = sessionStorage.getItem(name);
  if (!made) {
    made = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    );
    sessionStorage.setItem(name, made);
  }
  return made;
}

async function listInputs() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const chosen = find("input").value;
  find("input")
    .querySelectorAll("[data-device]")
    .forEach((option) => option.remove());
  for (const device of devices.filter(({ kind, deviceId, label }) => kind === "audioinput" && deviceId && label)) {
    const option = new Option(device.label, device.deviceId);
    option.dataset.device = "yes";
    find("input").add(option, 1);
  }
  find("input").value = chosen;
}

async function open(choice) {
  if (!navigator.mediaDevices) {
    throw new Error(
      "Browsers give sound only to safe addresses. Open this page as http://127.0.0.1 through ssh -L, or with https.",
    );
  }
  if (choice === "tab") {
    const clean = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: clean });
    if (!stream.getAudioTracks().length) {
      stream.getTracks().forEach((track) => track.stop());
      throw new Error("No sound was shared. Choose a tab and tick “Also share tab audio”.");
    }
    return stream;
  }
  // the model hears best what the browser has not polished; only the level is evened out
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };
  if (choice) audio.deviceId = { exact: choice };
  return navigator.mediaDevices.getUserMedia({ audio });
}

async function start() {
  find("start").disabled = true;
  warn("");
  try {
    const stream = await open(find("input").value);
    const context = new AudioContext();
    await context.audioWorklet.addModule("/static/microphone/worklet.js");
    const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
    context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(recorder);
    running = { stream, context, recorder, ...connect() };
    recorder.port.onmessage = ({ data }) => {
      running?.outbox.add(data.pcm);
      meter(data.peak);
    };
    stream
      .getAudioTracks()[0]
      .addEventListener("ended", () => stop("The sound has ended; it was unplugged or is no longer shared."));
    await context.resume();
    find("stop").disabled = false;
    find("language").disabled = true;
    find("input").disabled = true;
    await listInputs();
  } catch (error) {
    find("start").disabled = false;
    warn(
      error.name === "NotAllowedError"
        ? "The browser was not allowed to listen. Allow it in the address bar and start again."
        : error.name === "NotFoundError"
          ? "This machine has no microphone. Plug one in, or choose the sound of a tab."
          : error.message,
    );
  }
}

/** The socket and its outbox; the socket comes back by itself and goes on where the service stands. */
function connect() {
  const own = session();
  const hello = () => ({ role: "source", session: own, label: "browser", language: find("language").value || null });
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
  if (!running) return;
  const { stream, context, recorder, socket, outbox } = running;
  recorder.port.postMessage("stop");
  stream.getTracks().forEach((track) => track.stop());
  // at once, so that whoever starts again right away begins a session of their own
  sessionStorage.removeItem(`surtitle-session-${room}`);
  // the last piece is still on its way from the audio thread
  setTimeout(async () => {
    recorder.port.onmessage = null;
    socket.send(JSON.stringify({ type: "end" }));
    await context.close();
    socket.close();
    outbox.kept = [];
  }, 300);
  recorder.port.onmessage = ({ data }) => outbox.add(data.pcm);
  running = null;
  meter(0);
  for (const id of ["start", "input", "language"]) find(id).disabled = false;
  find("stop").disabled = true;
  say("Not speaking.");
  warn(reason);
}

function meter(peak) {
  const db = Math.max(-60, 20 * Math.log10(peak || 1e-9));
  find("meter").firstElementChild.style.transform = `scaleX(${(db + 60) / 60})`;
  find("meter").setAttribute("aria-valuenow", Math.round(db));
  const now = performance.now();
  quietSince = !running || db > -55 ? null : (quietSince ?? now);
  if (!running) return;
  const { outbox } = running;
  if (outbox.lostS) warn(`The connection was away too long: ${outbox.lostS.toFixed(0)} s of sound were lost.`);
  else if (peak >= 0.999) warn("Too loud: the sound is clipped. Turn the microphone down.");
  else if (quietSince !== null && now - quietSince > 5000)
    warn("No sound arrives. Is the microphone muted, or another one in use?");
  else warn("");
}

const say = (text) => {
  if (find("status").textContent !== text) find("status").textContent = text;
};
const warn = (text) => {
  if (find("warning").textContent !== text) find("warning").textContent = text;
};

/** The newest phrases of the room, solid and grey, so that the speaker sees that it works. */
const paragraphs = new Map();
let track = "original";

function show(caption) {
  if (caption.track !== track) return;
  let paragraph = paragraphs.get(caption.phrase);
  if (!paragraph) {
    paragraph = document.createElement("p");
    paragraph.append(document.createElement("span"), document.createElement("span"));
    paragraph.lastChild.className = "tentative";
    paragraphs.set(caption.phrase, paragraph);
    find("transcript").append(paragraph);
  }
  paragraph.lang = caption.language;
  paragraph.firstChild.textContent = caption.state === "withdrawn" ? "" : caption.committed;
  paragraph.lastChild.textContent = caption.tentative && ` ${caption.tentative}`;
  if (paragraphs.size > 100) {
    const [oldest, node] = paragraphs.entries().next().value;
    node.remove();
    paragraphs.delete(oldest);
  }
  find("transcript").scrollTop = find("transcript").scrollHeight;
}

new Captions(room, {
  onCaption: show,
  onFresh: () => {
    paragraphs.clear();
    find("transcript").replaceChildren();
  },
  onState: ({ sources }) => {
    const behindS = Math.max(0, ...sources.map((source) => source.behind_s));
    if (running?.socket.isOpen)
      say(
        behindS >= 4 ? `Speaking; subtitles are ${behindS.toFixed(0)} s behind.` : "Speaking; the room is listening.",
      );
  },
  onStatus: (status, text) => {
    if (!running && status !== "open") say(text);
    else if (!running) say("Not speaking.");
  },
  recent: 5,
});
find("start").addEventListener("click", start);
find("stop").addEventListener("click", () => stop());
navigator.mediaDevices?.addEventListener?.("devicechange", listInputs);
listInputs();
