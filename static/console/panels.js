// @ts-check
// The panels below the live text in a narrow window, which can be folded away.

import { find } from "../room/page.js";

const LOW = matchMedia("(max-width: 49.99rem) and (max-height: 39.99rem)");

export class Panels {
  button = find("panels-show");

  constructor() {
    this.button.addEventListener("click", () => this.show(!this.isShown));
    this.show(!LOW.matches);
  }

  get isShown() {
    return !document.body.classList.contains("panels-closed");
  }

  /** @param {boolean} isShown */
  show(isShown) {
    document.body.classList.toggle("panels-closed", !isShown);
    this.button.setAttribute("aria-expanded", String(isShown));
  }
}
