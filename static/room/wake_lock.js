// Keeps the screen on: asked for in the first touch or key, because browsers want one, and again when the page comes back.

import { preferences } from "../audience/preferences.js";

const GESTURES = ["pointerup", "touchend", "click", "keydown"];
let lock = null;
let isWanted = false;

async function ask() {
  if (!isWanted || !preferences.isAwake || (lock && !lock.released) || document.visibilityState !== "visible") return;
  try {
    lock = await navigator.wakeLock.request("screen");
    for (const gesture of GESTURES) removeEventListener(gesture, begin);
    if (!preferences.isAwake) release();
  } catch {
    // not allowed here, or the battery is low; the next touch asks again
  }
}

function begin() {
  isWanted = true;
  ask();
}

function release() {
  lock?.release().catch(() => {});
  lock = null;
}

export const canStayAwake = "wakeLock" in navigator;

if (canStayAwake) {
  for (const gesture of GESTURES) addEventListener(gesture, begin, { passive: true });
  document.addEventListener("visibilitychange", ask);
  preferences.addEventListener("change", () => (preferences.isAwake ? ask() : release()));
}
