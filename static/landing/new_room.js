// @ts-check
// The form that creates a room.

import { make } from "../room/make.js";
import { find } from "../room/page.js";
import { request } from "../room/rest.js";
import { Report } from "./report.js";

/** @import { RoomList } from "./room_list.js" */

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Return a short name for the address of a room's pages, made from its title; "" if no letter of it can be used.
 * @param {string} title
 */
export const shortName = (title) =>
  title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);

export class NewRoom {
  /** @type {NewRoom | null} */
  static shown = null;

  /** @param {RoomList} list */
  static show(list) {
    NewRoom.shown ??= new NewRoom(list);
    if (list.cards.size) NewRoom.shown.title.focus();
  }

  title = make("input", { id: "new-title", maxLength: 80, dir: "auto", placeholder: "All-hands, November" });
  name = make("input", { id: "new-name", maxLength: 64, spellcheck: false, placeholder: "all-hands" });
  node = make("form", { className: "card new-room", autocomplete: "off" });
  isNamed = false;

  /** @param {RoomList} list */
  constructor(list) {
    this.list = list;
    const said = make("p", { className: "report", role: "status" });
    this.report = new Report(said);
    const none = list.cards.size
      ? ""
      : "There is no room yet. A room is one meeting or hall: it has its own sound, links and subtitles.";
    const cancel = make("button", { type: "button", textContent: "Cancel", hidden: Boolean(none) });
    cancel.addEventListener("click", () => {
      this.close();
      find("new").focus();
    });
    this.node.append(
      make("h2", { textContent: "New room" }),
      ...(none ? [make("p", { textContent: none })] : []),
      make("label", { htmlFor: "new-title", textContent: "Title that people see" }),
      this.title,
      make("label", { htmlFor: "new-name", textContent: "Short name, for its address" }),
      this.name,
      make(
        "div",
        { className: "row" },
        make("button", { className: "primary", textContent: "Create the room" }),
        cancel,
      ),
      said,
    );
    this.title.addEventListener("input", () => {
      if (!this.isNamed) this.name.value = shortName(this.title.value);
    });
    this.name.addEventListener("input", () => {
      this.isNamed = Boolean(this.name.value);
    });
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.create();
    });
    find("rooms").after(this.node);
  }

  close() {
    NewRoom.shown = null;
    this.node.remove();
  }

  async create() {
    const [name, title] = [this.name.value.trim(), this.title.value.trim()];
    if (!NAME.test(name)) {
      this.report.say("Expected a short name of letters a to z, digits, - and _, such as main-hall. Type one.", true);
      this.name.focus();
      return;
    }
    const isDone = await this.report.run(async () => {
      await request("/api/rooms", { method: "POST", body: { name, title } });
      return "";
    });
    if (!isDone) return;
    this.close();
    await this.list.openSoon(name);
  }
}
