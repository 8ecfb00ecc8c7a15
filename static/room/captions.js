// What a viewer holds: the newest state of every phrase, each applied once.

import { RoomSocket } from "./socket.js";
import { RoomStream } from "./stream.js";

export class Captions {
  /**
   * `role` is that of the page. `onRoom(state)` hears all that an operator may know of the room.
   * `onCaption(caption, isNews)` hears each newer state of a phrase; a correction of what was told long ago is no news.
   * `onFresh()` comes before a snapshot that replaces all.
   * Of such a snapshot only the last `recent` phrases are told.
   */
  constructor(
    room,
    {
      onCaption,
      onFresh = () => {},
      onState = () => {},
      onStatus = () => {},
      recent = Infinity,
      role = "viewer",
      onRoom = () => {},
    },
  ) {
    Object.assign(this, { onCaption, onFresh, onState, onRoom, recent, revs: new Map(), since: null });
    const hello = () => ({ role, ...(this.since ? { since: this.since } : {}) });
    const take = (message) => this.take(message);
    const stream = () => {
      this.socket = new RoomStream(room, () => this.since, take, onStatus);
    };
    this.socket = new RoomSocket(room, hello, take, onStatus, stream);
  }

  take(message) {
    if (message.type === "caption") {
      this.apply(message.caption, true, ["open", "final"].includes(message.caption.state));
    } else if (message.type === "snapshot") {
      if (message.is_fresh) {
        this.revs.clear();
        this.since = { epoch: message.epoch, seq: 0 };
        this.onFresh();
      }
      const names = [...new Set(message.captions.map((caption) => caption.phrase))];
      const told = new Set(message.is_fresh && this.recent < names.length ? names.slice(-this.recent) : names);
      message.captions.forEach((caption) =>
        this.apply(caption, told.has(caption.phrase), !this.revs.has(`${caption.phrase} ${caption.track}`)),
      );
    } else if (message.type === "welcome" || message.type === "state") {
      this.onState(message.state);
    } else if (message.type === "status") {
      this.onRoom(message.status);
    }
  }

  apply(caption, isTold = true, isNews = true) {
    const id = `${caption.phrase} ${caption.track}`;
    if (caption.seq !== null) this.since = { epoch: caption.epoch, seq: Math.max(caption.seq, this.since?.seq ?? 0) };
    if (caption.rev <= (this.revs.get(id) ?? 0)) return;
    this.revs.delete(id);
    this.revs.set(id, caption.rev);
    if (this.revs.size > 4000) this.revs.delete(this.revs.keys().next().value);
    if (isTold) this.onCaption(caption, isNews);
  }
}
