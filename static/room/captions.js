// @ts-check
// The captions of a room: the newest state of every phrase and track, each applied once.

import { RoomSocket } from "./socket.js";
import { SpeakerNames } from "./speaker_names.js";

/** @import { Caption, Message, Role, RoomState, RoomStatus, Since, SourceState, Status } from "./messages" */
/** @import { EventStream } from "./event_stream.js" */

const REVS_MAX = 4000;
const TRACKS_MS = 2000; // between two messages about the tracks that the page shows

/** Undecoded sound, in seconds, from which pages say that subtitles are late. */
export const LATE_S = 4;

/**
 * Return how many seconds of sound the slowest source has waiting.
 * @param {readonly Pick<SourceState, "behind_s">[]} sources
 */
export const maxBehindS = (sources) => Math.max(0, ...sources.map((source) => source.behind_s));

/**
 * @typedef {object} CaptionOptions
 * @property {(caption: Caption, isNews: boolean) => void} onCaption Receives each newer state of a phrase. A correction of
 *   a phrase that was received long ago is not news.
 * @property {() => void} [onFresh] Called before a snapshot that replaces everything.
 * @property {(state: RoomState) => void} [onState]
 * @property {(status: Status, text: string, code?: string) => void} [onStatus] Also gets the code of a refusal.
 * @property {() => void} [onNames] Called when names of speakers have changed.
 * @property {number} [recent] How many phrases of a fresh snapshot are passed on, counted from the newest.
 * @property {Role} [role]
 * @property {(status: RoomStatus) => void} [onRoom] Receives what only operators may know of the room.
 */

const ignore = () => {};

/**
 * Return the text of a caption, "" if it is withdrawn.
 * @param {Pick<Caption, "state" | "committed" | "tentative"> | undefined} caption
 */
export const textOf = (caption) =>
  caption && caption.state !== "withdrawn" ? caption.committed + caption.tentative : "";

/**
 * Whether a caption only repeats another track's: the speaker speaks the reader's language, or it is a name. While a
 * phrase is open, one of them may be a few words behind.
 * @param {Caption | undefined} first
 * @param {Caption | undefined} second
 */
export function repeats(first, second) {
  const [one, other] = [textOf(first), textOf(second)];
  if (one === other) return one !== "";
  const isPart = one !== "" && other !== "" && (one.startsWith(other) || other.startsWith(one));
  return isPart && first?.language === second?.language;
}

export class Captions {
  /** @type {Since | null} */
  since = null;
  /** @type {Map<string, number>} The newest revision by phrase and track. */
  revs = new Map();
  /** @type {RoomSocket | EventStream} */
  socket;
  /** @type {() => RoomSocket} Opens a connection. */
  connect;
  /** @type {string[]} The tracks that the page shows: these are translated, and the operator sees how many read them. */
  tracks = [];
  sentMs = -TRACKS_MS;
  /** @type {number | undefined} */
  sending;
  speakers = new SpeakerNames();

  /**
   * @param {string} room
   * @param {CaptionOptions} options
   */
  constructor(room, options) {
    this.onCaption = options.onCaption;
    this.onFresh = options.onFresh ?? ignore;
    this.onState = options.onState ?? ignore;
    this.onRoom = options.onRoom ?? ignore;
    this.onNames = options.onNames ?? ignore;
    this.recent = options.recent ?? Infinity;
    const onStatus = options.onStatus ?? ignore;
    const role = options.role ?? "viewer";
    const hello = () => ({ role, ...(this.since && { since: this.since }), tracks: this.tracks });
    /** @param {Message} message */
    const receive = (message) => this.receive(message);
    this.connect = () => new RoomSocket(room, hello, receive, onStatus, switchToStream);
    const switchToStream = async () => {
      try {
        const module = await import("./event_stream.js");
        this.socket = new module.EventStream(room, this, receive, onStatus);
      } catch {
        this.socket = this.connect(); // the service does not answer any more
      }
    };
    this.socket = this.connect();
  }

  /** Connect again, because the page has another key now. */
  reconnect() {
    this.socket.close();
    this.socket = this.connect();
  }

  /**
   * Send the service the tracks that the page shows, not too often.
   * @param {string[]} tracks
   */
  setTracks(tracks) {
    if (tracks.join() === this.tracks.join()) return;
    this.tracks = tracks;
    clearTimeout(this.sending);
    const pauseMs = this.sentMs + TRACKS_MS - performance.now();
    if (pauseMs > 0) this.sending = setTimeout(() => this.sendTracks(), pauseMs);
    else this.sendTracks();
  }

  sendTracks() {
    this.sentMs = performance.now();
    this.socket.sendTracks(this.tracks);
  }

  /** @param {Message} message */
  receive(message) {
    if (message.type === "caption") {
      const { state, is_backfilled: isBackfilled } = message.caption;
      this.apply(message.caption, true, ["open", "final"].includes(state) && !isBackfilled);
    } else if (message.type === "snapshot") {
      if (message.is_fresh) {
        this.revs.clear();
        this.since = { epoch: message.epoch, seq: 0 };
        this.onFresh();
      }
      const names = [...new Set(message.captions.map((caption) => caption.phrase))];
      const shown = new Set(message.is_fresh && this.recent < names.length ? names.slice(-this.recent) : names);
      message.captions.forEach((caption) =>
        this.apply(caption, shown.has(caption.phrase), !this.revs.has(`${caption.phrase} ${caption.track}`)),
      );
    } else if (message.type === "welcome" || message.type === "state") {
      if (this.speakers.follow(message.state)) this.onNames();
      this.onState(message.state);
    } else if (message.type === "status") {
      if (this.speakers.follow(message.status)) this.onNames();
      this.onRoom(message.status);
    }
  }

  /**
   * @param {Caption} caption
   * @param {boolean} isShown
   * @param {boolean} isNews
   */
  apply(caption, isShown, isNews) {
    const id = `${caption.phrase} ${caption.track}`;
    if (caption.seq !== null) {
      this.since = { epoch: caption.epoch, seq: Math.max(caption.seq, this.since?.seq ?? 0) };
    }
    if (caption.rev <= (this.revs.get(id) ?? 0)) return;
    this.revs.delete(id);
    this.revs.set(id, caption.rev);
    for (const oldest of this.revs.keys()) {
      if (this.revs.size <= REVS_MAX) break;
      this.revs.delete(oldest);
    }
    if (isShown) this.onCaption(caption, isNews);
  }

  close() {
    clearTimeout(this.sending);
    this.socket.close();
  }
}
