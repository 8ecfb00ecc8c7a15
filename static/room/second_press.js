// @ts-check
// Buttons that act on the second press, because what they do cannot be undone.

import { setText } from "./page.js";

const SURE_MS = 6000;

/**
 * Let a button ask on the first press and act on the second, if that comes soon.
 * @param {HTMLElement} button
 * @param {string | (() => string)} question Shown in the button after the first press, and followed by `name` for screen
 * readers.
 * @param {() => void} act
 * @param {string} [name] What the button acts on, for screen readers, where several buttons have the same text.
 */
export function onSecondPress(button, question, act, name = "") {
  let text = button.textContent ?? "";
  /** @param {string} shown */
  const label = (shown) => {
    setText(button, shown);
    if (name) button.setAttribute("aria-label", `${shown.replace("?", "")} ${name}${shown.endsWith("?") ? "?" : ""}`);
  };
  /** @type {number | undefined} */
  let timer;
  const reset = () => {
    clearTimeout(timer);
    timer = undefined;
    label(text);
  };
  label(text);
  button.addEventListener("click", () => {
    if (timer === undefined) {
      text = button.textContent ?? ""; // the page may speak another language by now
      label(typeof question === "string" ? question : question());
      timer = setTimeout(reset, SURE_MS);
    } else {
      reset();
      act();
    }
  });
}
