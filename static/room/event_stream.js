// @ts-check
// Captions as server-sent events, for networks that block WebSockets. The key travels in a header.

import { ServiceError, request } from "./rest.js";
import { LOST, pauseMs } from "./socket.js";

/** @import { Message, Since, Status } from "./messages" */

const CHANGE_MS = 1000;

export class EventStream {
  tries = 0;
  stopped = false;
  /** @type {AbortController | null} */
  abort = null;
  /** Whether the stream is aborted because the page shows other tracks. */
  isChanging = false;
  /** @type {number | undefined} */
  timer;

  /**
   * @param {string} room
   * @param {{ since: Since | null, tracks: string[] }} page The last logged caption that the page has, and what it shows.
   * @param {(message: Message) => void} onMessage
   * @param {(status: Status, text: string, code?: string) => void} onStatus
   */
  constructor(room, page, onMessage, onStatus) {
    this.room = room;
    this.page = page;
    this.onMessage = onMessage;
    this.onStatus = onStatus;
    this.run();
  }

  async run() {
    while (!this.stopped) {
      try {
        this.isChanging = false;
        await this.read();
        this.onStatus("closed", LOST);
      } catch (error) {
        if (this.stopped) return;
        if (this.isChanging) continue;
        const isRefused = error instanceof ServiceError && error.code !== "";
        if (isRefused) this.stopped = error.code === "access";
        this.onStatus(isRefused ? "refused" : "closed", isRefused ? error.message : LOST, isRefused ? error.code : "");
      }
      if (!this.stopped) await new Promise((resolve) => setTimeout(resolve, pauseMs(this.tries++)));
    }
  }

  async read() {
    this.abort = new AbortController();
    const { since, tracks } = this.page;
    /** @type {Record<string, string>} */
    const headers = { Accept: "text/event-stream" };
    if (since) headers["Last-Event-ID"] = `${since.epoch}.${since.seq}`;
    const address = `/api/rooms/${encodeURIComponent(this.room)}/events?tracks=${tracks.join()}`;
    const answer = await request(address, { headers, signal: this.abort.signal });
    if (!answer.body) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop() ?? "";
      const lines = events.flatMap((event) => event.split("\n"));
      for (const data of lines.filter((line) => line.startsWith("data: "))) this.receive(JSON.parse(data.slice(6)));
    }
  }

  /** Connect again with the tracks that the page shows now: nothing can be sent over a stream. */
  sendTracks() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isChanging = true;
      this.abort?.abort();
    }, CHANGE_MS);
  }

  /** @param {Message} message */
  receive(message) {
    if (message.type === "welcome") {
      this.tries = 0;
      this.onStatus("open", "");
    }
    this.onMessage(message);
  }

  close() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.abort?.abort();
  }
}
