// @ts-check
// One room on the landing page: a line that says how ready it is and, for the room that is open, its steps.

import { readStored, store } from "../room/access_key.js";
import { Captions } from "../room/captions.js";
import { clone, find, query, setText } from "../room/page.js";
import { RoomRest, messageOf } from "../room/rest.js";
import { describeSteps, summarize } from "./checklist.js";
import { openOnUse } from "./links.js";
import { SoundWatch } from "./sound_watch.js";
import { StepList } from "./step_list.js";

/** @import { Caption, RoomResource, RoomStatus } from "../room/messages" */
/** @import { Step } from "./checklist.js" */

const SECOND_MS = 1000;
const RECENT = 1;

export class RoomCard {
  node = clone("room");
  button = query(this.node, ".unfold");
  body = query(this.node, ".room-body");
  watch = new SoundWatch();
  /** How often this page has changed the room: an answer from before a change is old. */
  changes = 0;
  /** How many changes are on their way: until the last is answered, what was chosen stays chosen. */
  nPending = 0;
  /** The newest words of the room. */
  words = "";
  /** @type {Step[]} */
  steps = [];
  /** @type {StepList | null} */
  list = null;
  /** @type {Captions | null} */
  captions = null;
  timer = 0;

  /**
   * @param {RoomResource} room
   * @param {boolean} isAdmin Whether the page's key may run the whole service.
   */
  constructor(room, isAdmin) {
    this.room = room;
    this.name = room.name;
    this.isAdmin = isAdmin;
    this.rest = new RoomRest(room.name);
    this.shared = `${room.name} shared`;
    this.isShared = Boolean(readStored("sessionStorage", this.shared));
    const link = query(this.node, ".operator", HTMLAnchorElement);
    openOnUse(link, "operator", room.name, (error) => setText(find("lost"), messageOf(error)));
    this.update(room);
  }

  get nowMs() {
    return performance.now();
  }

  /** Note that a link for readers was made here. */
  markShared() {
    this.isShared = true;
    store("sessionStorage", "yes", this.shared);
    this.render();
  }

  /** @param {RoomResource} room */
  update(room) {
    this.room = room;
    this.watch.update(room.state.sources, this.nowMs);
    this.render();
  }

  /** @param {RoomStatus} status */
  setStatus(status) {
    this.update({ ...this.room, state: status });
  }

  /**
   * Change the settings of the room.
   * @param {object} fields
   */
  async change(fields) {
    this.changes += 1;
    this.nPending += 1;
    try {
      this.update(await this.rest.send("PATCH", "", fields));
    } finally {
      this.changes += 1;
      this.nPending -= 1;
    }
    return this.room;
  }

  render() {
    const { sources, alarms } = this.room.state;
    const sound = this.watch.describeAll(sources, alarms, this.nowMs);
    this.steps = describeSteps(this.room, sound, this.isShared);
    const title = this.room.title || `Room ${this.name}`;
    for (const place of this.node.querySelectorAll("h2 > *")) setText(place, title);
    query(this.node, ".operator").setAttribute("aria-label", `Console of ${title}`);
    const readers = this.room.state.n_readers;
    const reading = readers ? ` · ${readers} reading` : "";
    const short = this.room.title ? ` · ${this.name}` : "";
    setText(this.node.querySelector(".summary"), `${summarize(this.steps)}${reading}${short}`);
    this.list?.show(this.steps);
  }

  /** Show the steps, the first that is not done opened, and follow the room closely. */
  async expand() {
    if (this.captions) return;
    this.list ??= this.makeList();
    this.captions = new Captions(this.name, {
      onCaption: (caption) => this.hear(caption),
      onRoom: (status) => this.setStatus(status),
      role: "operator",
      recent: RECENT,
    });
    this.timer = setInterval(() => this.render(), SECOND_MS);
    if (!this.list.opened) await this.list.open(this.firstOpen);
    this.render();
    this.body.hidden = false;
    this.node.classList.add("opened");
    this.button.setAttribute("aria-expanded", "true");
  }

  makeList() {
    const list = new StepList(this);
    this.body.append(list.node);
    return list;
  }

  get firstOpen() {
    return this.steps.find(({ state }) => state === "problem" || state === "todo")?.id ?? "start";
  }

  collapse() {
    this.captions?.close();
    this.captions = null;
    clearInterval(this.timer);
    this.body.hidden = true;
    this.node.classList.remove("opened");
    this.button.setAttribute("aria-expanded", "false");
  }

  /** @param {Caption} caption */
  hear({ track, committed, tentative, state }) {
    if (track !== "original" || state === "withdrawn") return;
    this.words = `${committed} ${tentative}`.trim();
    this.render();
  }
}
