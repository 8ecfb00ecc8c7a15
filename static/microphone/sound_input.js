// @ts-check
// The inputs of this device: microphones, and the sound of a tab or the screen.

import { say } from "../room/words.js";

/** The choice for the sound of a tab or the screen; other choices are ids of microphones, "" is the default one. */
const TAB = "tab";

/** Return the microphones that the browser names; it names them only after it was allowed to record. */
export async function listMicrophones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices.filter(({ kind, deviceId, label }) => kind === "audioinput" && deviceId && label);
}

/**
 * Open an input; throws an error with a message for the user.
 * @param {string} choice
 */
export async function openInput(choice) {
  if (!navigator.mediaDevices) {
    throw new Error(say("speak.insecure"));
  }
  try {
    return choice === TAB ? await openTab() : await openMicrophone(choice);
  } catch (error) {
    throw explained(error);
  }
}

async function openTab() {
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio });
  if (!stream.getAudioTracks().length) {
    stream.getTracks().forEach((track) => track.stop());
    throw new Error(say("speak.unshared"));
  }
  return stream;
}

/** @param {string} deviceId */
function openMicrophone(deviceId) {
  // the model works best on sound that the browser has not processed; only the level is adjusted
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };
  return navigator.mediaDevices.getUserMedia({
    audio: deviceId ? { ...audio, deviceId: { exact: deviceId } } : audio,
  });
}

/** @param {unknown} error */
function explained(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError") {
    return new Error(say("speak.forbidden"));
  }
  if (name === "NotFoundError") {
    return new Error(say("speak.missing"));
  }
  return error;
}
