// One socket to a room that comes back by itself. The key is the page's fragment and never part of an address.

/** What an address says, letter by letter where it is no address at all. */
const spelled = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const key = () => spelled(location.hash.slice(1));

/** How long to wait before the next try: longer each time, and not in step with thousands of others. */
export const pauseMs = (tries) => Math.random() * Math.min(10000, 1000 * 2 ** tries);

const CLOSING_DOWN = 1012;
const RETURN_MS = 4000;

export function roomName() {
  return spelled(location.pathname.split("/").filter(Boolean).pop());
}

/** Connects, says hello and reports messages; after a drop it waits a little longer each time, and not in step with others. */
export class RoomSocket {
  /**
   * `hello()` makes the first message; `onMessage(message)` hears every other; `onStatus("open"|"closed"|"refused", text)`;
   * `onBlocked()` hears that the service answers, but that no socket gets through.
   */
  constructor(room, hello, onMessage, onStatus = () => {}, onBlocked = null) {
    Object.assign(this, {
      room,
      hello,
      onMessage,
      onStatus,
      onBlocked,
      tries: 0,
      unopened: 0,
      answered: 0,
      stopped: false,
    });
    this.connect();
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
      const message = JSON.parse(data);
      if (message.type === "error") {
        this.refusal = message.message;
        this.retryAfterS = message.retry_after_s;
        this.stopped = message.code === "access";
      } else {
        if (message.type === "welcome") {
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
      this.onStatus(this.refusal ? "refused" : "closed", this.refusal || "The connection is lost; trying again.");
      this.unopened += 1;
      if (this.unopened >= 2 && this.onBlocked) this.checkBlocked();
      if (!this.stopped) this.timer = setTimeout(() => this.connect(), this.pause());
    };
  }

  pause() {
    // who was told when to come back comes back then, and not in step with others
    if (this.retryAfterS) return this.retryAfterS * 1000 * (1 + Math.random() / 4);
    if (this.isRestart) return Math.random() * RETURN_MS;
    return pauseMs(this.tries++);
  }

  /** A service that answers twice while no socket opens lets none through; one that answers once may have just started. */
  async checkBlocked() {
    const answer = await fetch("/healthz").catch(() => null);
    this.answered = answer?.ok ? this.answered + 1 : 0;
    if (this.answered < 2 || this.stopped || this.isOpen) return;
    this.close();
    this.onBlocked();
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(data) {
    if (this.isOpen) this.socket.send(data);
  }

  close() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
