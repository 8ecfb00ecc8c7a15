// @ts-check
// One WebSocket to a room that reconnects by itself. The key goes in the first message, never in an address.

import { decoded, key, rememberKey } from "./access_key.js";

/** @import { ErrorMessage, Message, Status } from "./messages" */

const CLOSING_DOWN = 1012;
const RETURN_MS = 4000;
export const LOST = "The connection is lost; trying again.";

/** The name of the room, which is the last part of the page's address. */
export const roomName = () => decoded(location.pathname.split("/").filter(Boolean).pop() ?? "");

/**
 * Return a random pause before the next try, longer each time, so that thousands of pages do not return at once.
 * @param {number} tries
 */
export const pauseMs = (tries) => Math.random() * Math.min(10000, 1000 * 2 ** tries);

export class RoomSocket {
  tries = 0;
  /** Connections in a row that failed before they opened. */
  unopened = 0;
  /** Times in a row that the service answered while no socket opened. */
  answered = 0;
  stopped = false;
  isRestart = false;
  /** @type {string | null} */
  refusal = null;
  /** The service's code of the refusal. */
  code = "";
  /** @type {number | null} */
  retryAfterS = null;
  /** @type {WebSocket} */
  socket;
  /** @type {number | undefined} */
  timer;

  /**
   * @param {string} room
   * @param {() => object} hello Returns the fields of the first message.
   * @param {(message: Message) => void} onMessage Receives every message but errors.
   * @param {(status: Status, text: string, code?: string) => void} [onStatus] Also gets the code of a refusal.
   * @param {(() => void) | null} [onBlocked] Called when the service answers over HTTP, but no socket gets through.
   */
  constructor(room, hello, onMessage, onStatus = () => {}, onBlocked = null) {
    this.room = room;
    this.hello = hello;
    this.onMessage = onMessage;
    this.onStatus = onStatus;
    this.onBlocked = onBlocked;
    this.socket = this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/${encodeURIComponent(this.room)}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.unopened = -1;
      this.answered = 0;
      socket.send(JSON.stringify({ type: "hello", key: key(), ...this.hello() }));
    };
    socket.onmessage = ({ data }) => {
      /** @type {Message | ErrorMessage} */
      const message = JSON.parse(data);
      if (message.type === "error") {
        this.refusal = message.message;
        this.code = message.code;
        this.retryAfterS = message.retry_after_s;
        this.stopped = message.code === "access";
      } else {
        if (message.type === "welcome") {
          rememberKey();
          this.tries = 0;
          this.refusal = null;
          this.retryAfterS = null;
          this.onStatus("open", "");
        }
        this.onMessage(message);
      }
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.isRestart = code === CLOSING_DOWN;
      this.onStatus(this.refusal ? "refused" : "closed", this.refusal || LOST, this.refusal ? this.code : "");
      this.unopened += 1;
      if (this.unopened >= 2 && this.onBlocked) this.checkBlocked();
      if (!this.stopped) this.timer = setTimeout(() => this.connect(), this.nextPauseMs());
    };
    return socket;
  }

  nextPauseMs() {
    // a client that got a retry time reconnects then, with a little random delay
    if (this.retryAfterS) return this.retryAfterS * 1000 * (1 + Math.random() / 4);
    if (this.isRestart) return Math.random() * RETURN_MS;
    return pauseMs(this.tries++);
  }

  /** Sockets are blocked if the service answers twice while none opens; one answer may mean that it has just started. */
  async checkBlocked() {
    const answer = await fetch("/healthz").catch(() => null);
    this.answered = answer?.ok ? this.answered + 1 : 0;
    if (this.answered < 2 || this.stopped || this.isOpen) return;
    this.close();
    this.onBlocked?.();
  }

  /** @param {string[]} tracks */
  sendTracks(tracks) {
    this.send(JSON.stringify({ type: "tracks", tracks }));
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** @param {string | Uint8Array<ArrayBuffer>} data */
  send(data) {
    if (this.isOpen) this.socket.send(data);
  }

  /** Close the connection for good; nothing is reported. */
  close() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket.onclose = null;
    this.socket.close();
  }
}
