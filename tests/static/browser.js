// Stands in for the parts of a browser that pure modules of the pages touch.

export class FakeWebSocket {
  static OPEN = 1;
  /** @type {FakeWebSocket[]} */
  static made = [];
  readyState = 0;
  sent = [];

  constructor(address) {
    this.address = address;
    FakeWebSocket.made.push(this);
  }

  static get last() {
    return FakeWebSocket.made[FakeWebSocket.made.length - 1];
  }

  open() {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen();
  }

  receive(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  send(data) {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : data);
  }

  close(code = 1000) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** Install a page's address and a WebSocket; nothing can be stored. */
export function installBrowser({ path = "/overlay/main", hash = "", search = "" } = {}) {
  FakeWebSocket.made = [];
  globalThis.WebSocket = FakeWebSocket;
  globalThis.location = { protocol: "http:", host: "127.0.0.1:8000", pathname: path, hash, search };
  globalThis.addEventListener = () => {};
}

/** Return a caption with all its fields. */
export const makeCaption = (fields = {}) => ({
  room: "main",
  epoch: "a",
  seq: 1,
  phrase: "1-0",
  rev: 1,
  source: "hall",
  track: "original",
  state: "final",
  language: "en",
  start_s: 0,
  end_s: 1,
  committed: "Good morning.",
  tentative: "",
  speaker: null,
  is_outdated: false,
  doubtful: [],
  is_retranslated: false,
  is_backfilled: false,
  ...fields,
});
