// @ts-check
// Keeps the display on if the reader wants it; browsers require a user gesture first.

import { WakeLock, canStayAwake } from "../room/wake_lock.js";
import { preferences } from "./preferences.js";

const GESTURES = ["pointerup", "touchend", "click", "keydown"];

export function keepAwake() {
  if (!canStayAwake) return;
  let hasGesture = false;
  const lock = new WakeLock(() => hasGesture && preferences.isAwake);
  const onGesture = async () => {
    hasGesture = true;
    await lock.request();
    if (lock.isHeld) for (const gesture of GESTURES) removeEventListener(gesture, onGesture);
  };
  for (const gesture of GESTURES) addEventListener(gesture, onGesture, { passive: true });
  preferences.addEventListener("change", () => {
    if (preferences.isAwake) lock.request();
    else lock.release();
  });
}
