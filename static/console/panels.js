// @ts-check
// The panels below the live text in a narrow window, which can be folded away.

import { find } from "../room/page.js";

const LOW = matchMedia("(max-width: 53.99rem) and (max-height: 39.99rem)");

export class Panels {
  button = find("panels-show");

  constructor() {
    this.button.addEventListener("click", () => this.show(!this.isShown));
    this.show(!LOW.matches);
  }

  get isShown() {
    const { classList } = document.body;
    return !["panels-closed", "is-editing", "searching"].some((name) => classList.contains(name));
  }

  /** @param {boolean} isShown */
  show(isShown) {
    document.body.classList.toggle("panels-closed", !isShown);
    if (isShown) document.body.classList.remove("is-editing", "searching");
    this.button.setAttribute("aria-expanded", String(isShown));
  }
}
