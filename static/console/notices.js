// @ts-check
// The line below the header: the most urgent problem or state of the room. The others unfold over the page.

import { find, setText } from "../room/page.js";

const ITEMS = "#screens-report.warning, #lost, #alarms p, .banner";

export class Notices {
  box = find("notices");
  more = find("notices-more");

  constructor() {
    const watched = { subtree: true, childList: true, characterData: true, attributeFilter: ["hidden"] };
    new MutationObserver(() => this.render()).observe(this.box, watched);
    this.more.addEventListener("click", () => this.unfold(!this.isOpen));
    find("top").addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.unfold(false);
    });
    this.render();
  }

  get isOpen() {
    return this.box.classList.contains("open");
  }

  /** @param {boolean} isOpen */
  unfold(isOpen) {
    this.box.classList.toggle("open", isOpen);
    this.box.scrollTop = 0;
    this.render();
  }

  render() {
    const items = [...this.box.querySelectorAll(ITEMS)].filter((item) => !(/** @type {HTMLElement} */ (item).hidden));
    for (const [index, item] of items.entries()) item.classList.toggle("behind", index > 0);
    const others = items.length - 1;
    this.box.classList.toggle("many", others > 0);
    if (others < 1) this.box.classList.remove("open");
    this.more.hidden = others < 1;
    this.more.setAttribute("aria-expanded", String(this.isOpen));
    setText(this.more, this.isOpen ? "Show fewer" : `${others} more`);
  }
}
