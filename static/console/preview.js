// @ts-check
// A text as the audience will see it, before it is sent: keys that were meant for something else reach nobody.

import { query, setText } from "../room/page.js";
import { fetchPart } from "./parts.js";

const READ_MS = 500; // a second Enter that follows at once was not pressed after reading

export class Preview {
  /** When the text that is shown appeared. */
  since = 0;

  /**
   * @param {HTMLElement} node
   * @param {object} options
   * @param {string} options.title
   * @param {string} options.send The label of the button that sends.
   * @param {() => unknown} options.onSend
   * @param {() => unknown} options.onBack
   */
  constructor(node, { title, send, onSend, onBack }) {
    this.node = node;
    this.text = query(node, ".as-shown");
    this.button = query(node, ".send");
    node.setAttribute("aria-label", title);
    setText(node.querySelector("p"), title);
    setText(this.button.firstChild, `${send} `);
    this.button.addEventListener("click", () => {
      if (performance.now() - this.since >= READ_MS) onSend();
    });
    query(node, ".back").addEventListener("click", () => onBack());
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        onBack();
      } else if (event.key === "Enter" && event.repeat) event.preventDefault();
    });
  }

  get isShown() {
    return !this.node.hidden;
  }

  /** The text that is shown. */
  get shown() {
    return this.text.textContent ?? "";
  }

  /** @param {string} text */
  show(text) {
    setText(this.text, text);
    this.since = performance.now();
    this.node.hidden = false;
    this.button.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.node.hidden = true;
  }
}

/**
 * Add a preview to the page after an element.
 * @param {HTMLElement} before
 * @param {ConstructorParameters<typeof Preview>[1]} options
 */
export async function addPreview(before, options) {
  before.after(...(await fetchPart("preview")));
  return new Preview(/** @type {HTMLElement} */ (before.nextElementSibling), options);
}
