// @ts-check
// One key for each action. Single keys work outside text fields, and can be switched off (WCAG 2.1.4).

import { find } from "../room/page.js";
import { leaveField } from "./status_line.js";

const STORED = "surtitle-console-keys";
const FIELD = "textarea, select, input:not([type=checkbox])";
const QUIET = `${FIELD}, .quiet`;
const HOLD_MS = 3000; // a service that does not answer must not keep the keys
const PRESSED = "button, a, summary, input";

/** @typedef {(key: string) => unknown} Act */

/**
 * Mark an action that opens a field, which may first have to be loaded; it returns a promise.
 * @param {Act} act
 */
export const opens = (act) => Object.assign((/** @type {string} */ key) => act(key), { isOpening: true });

function readChoice() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true; // the browser forbids storage
  }
}

export class Shortcuts {
  /** @type {Element | null} The control that was clicked last. */
  clicked = null;
  /** Whether single keys work. */
  isOn = readChoice();
  /** @type {Promise<HTMLDialogElement> | null} The list of keys, loaded when it is needed first. */
  list = null;
  /** Whether a field is being opened, for which the letters that are typed are meant. */
  isOpening = false;

  /** @param {Record<string, Act & { isOpening?: boolean }>} acts By key. */
  constructor(acts) {
    this.acts = new Map(Object.entries(acts));
    find("help-open").addEventListener("click", () => this.showHelp());
    addEventListener("pointerdown", ({ target }) => {
      this.clicked = target instanceof Element ? target.closest(PRESSED) : null;
    });
    addEventListener("keydown", (event) => this.press(event));
    this.markPage();
  }

  /** @param {boolean} isOn */
  switch(isOn) {
    this.isOn = isOn;
    try {
      localStorage.setItem(STORED, isOn ? "on" : "off");
    } catch {
      // the choice lasts until the page is closed
    }
    this.markPage();
  }

  /**
   * Let no letter act until a field is open.
   * @param {unknown} opened A promise.
   */
  async hold(opened) {
    this.isOpening = true;
    await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, HOLD_MS))]).catch(() => {});
    this.isOpening = false;
  }

  markPage() {
    document.body.classList.toggle("no-keys", !this.isOn);
  }

  async showHelp() {
    this.list ??= import("./shortcut_list.js").then(({ makeShortcutList }) => makeShortcutList(this));
    try {
      (await this.list).showModal();
    } catch {
      this.list = null;
    }
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { target, key } = event;
    if (key === "Tab") this.clicked = null;
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
      return;
    const node = target instanceof Element ? target : document.body;
    if (key === "Escape" && node.closest(FIELD)) leaveField();
    if (!this.isOn || node.closest(QUIET) || document.querySelector("dialog[open]")) return;
    const name = key === " " ? "Space" : /^[1-9]$/.test(key) ? "1–9" : key.length === 1 ? key.toUpperCase() : key;
    const act = this.acts.get(name);
    // Space presses a button that was reached by keys, not one that was clicked: after a click on Hide it must not show again
    const button = node.closest(PRESSED);
    if (!act || (name === "Space" && button && button !== this.clicked)) return;
    event.preventDefault();
    if (this.isOpening) return;
    const opened = act(key);
    if (act.isOpening) this.hold(opened);
  }
}
