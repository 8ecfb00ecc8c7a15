// @ts-check
// The rooms that the page's key may run: a compact list, with the steps of one of them.

import { find, setText } from "../room/page.js";
import { messageOf, request } from "../room/rest.js";
import { RoomCard } from "./room_card.js";

/** @import { RoomResource } from "../room/messages" */

const REFRESH_MS = 2000;
const LOST = "Surtitle does not answer. This page tries again by itself.";

export class RoomList {
  /** @type {Map<string, RoomCard>} */
  cards = new Map();
  /** @type {RoomCard | null} */
  opened = null;

  /** @param {string | null} only The room that the key is for; null for all. */
  constructor(only) {
    this.only = only;
    this.address = only === null ? "/api/rooms" : `/api/rooms/${encodeURIComponent(only)}`;
  }

  /** Show the rooms, and go on following them. */
  async follow() {
    await this.refresh();
    setTimeout(() => this.follow(), REFRESH_MS);
  }

  async refresh() {
    const changes = new Map([...this.cards].map(([name, card]) => [name, card.changes]));
    try {
      /** @type {RoomResource | RoomResource[]} */
      const answer = await (await request(this.address)).json();
      await this.show([answer].flat(), changes);
      setText(find("lost"), "");
    } catch (error) {
      setText(find("lost"), messageOf(error, LOST));
    }
    find("foot").hidden = false;
  }

  /**
   * Open a room that was just created.
   * @param {string} name
   */
  async openSoon(name) {
    await this.refresh();
    const card = this.cards.get(name);
    if (card) await this.open(card);
    card?.button.focus();
  }

  /**
   * @param {RoomResource[]} rooms
   * @param {Map<string, number>} changes How often each room had been changed here when the answer was asked for.
   */
  async show(rooms, changes) {
    for (const [name, card] of this.cards) if (!rooms.some((room) => room.name === name)) this.remove(card);
    const added = rooms.filter(({ name }) => !this.cards.has(name)).map((room) => this.add(room));
    for (const room of rooms) {
      const card = this.cards.get(room.name);
      if (card && changes.get(room.name) === card.changes) card.update(room);
    }
    const isOnly = rooms.length === 1;
    for (const card of this.cards.values()) card.node.classList.toggle("only", isOnly);
    if (!this.opened && added.length) await this.openFirst(isOnly);
    find("rooms").append(...added.map(({ node }) => node));
    find("new").hidden = this.only !== null;
    if (!rooms.length) await this.openNew();
  }

  /** @param {RoomResource} room */
  add(room) {
    const card = new RoomCard(room, this.only === null);
    card.button.addEventListener("click", () => (this.opened === card ? this.close() : this.open(card)));
    this.cards.set(room.name, card);
    return card;
  }

  /** @param {RoomCard} card */
  remove(card) {
    if (this.opened === card) this.close();
    card.node.remove();
    this.cards.delete(card.name);
  }

  /**
   * Open the room in the address, or the only one; of several, the first.
   * @param {boolean} isOnly
   */
  async openFirst(isOnly) {
    const wanted = new URLSearchParams(location.search).get("room");
    const [first] = this.cards.values();
    const card = (wanted !== null && this.cards.get(wanted)) || (isOnly || wanted === null ? first : null);
    if (card) await this.open(card, false);
  }

  /**
   * @param {RoomCard} card
   * @param {boolean} [isAsked] Whether somebody asked for it: then the address names it, so that a reload keeps it.
   */
  async open(card, isAsked = true) {
    this.opened?.collapse();
    this.opened = card;
    if (isAsked) this.setAddress(card.name);
    await card.expand();
    if (isAsked) card.button.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.opened?.collapse();
    this.opened = null;
    this.setAddress("");
  }

  /** @param {string} room */
  setAddress(room) {
    history.replaceState(history.state, "", `${location.pathname}?room=${encodeURIComponent(room)}${location.hash}`);
  }

  /** Show the form that creates a room. */
  async openNew() {
    const { NewRoom } = await import("./new_room.js");
    NewRoom.show(this);
  }
}
