// @ts-check
// Captions as server-sent events, for networks that block WebSockets. The key travels in a header.

import { ServiceError, request } from "./rest.js";
import { LOST, pauseMs } from "./socket.js";

/** @import { Message, Since, Status } from "./messages" */

export class EventStream {
  tries = 0;
  stopped = false;
  /** @type {AbortController | null} */
  abort = null;

  /**
   * @param {string} room
   * @param {() => Since | null} since Returns the place of the last logged caption that the page has.
   * @param {(message: Message) => void} onMessage
   * @param {(status: Status, text: string) => void} onStatus
   */
  constructor(room, since, onMessage, onStatus) {
    this.room = room;
    this.since = since;
    this.onMessage = onMessage;
    this.onStatus = onStatus;
    this.run();
  }

  async run() {
    while (!this.stopped) {
      try {
        await this.read();
        this.onStatus("closed", LOST);
      } catch (error) {
        if (this.stopped) return;
        const isRefused = error instanceof ServiceError && error.code !== "";
        if (isRefused) this.stopped = error.code === "access";
        this.onStatus(isRefused ? "refused" : "closed", isRefused ? error.message : LOST);
      }
      if (!this.stopped) await new Promise((resolve) => setTimeout(resolve, pauseMs(this.tries++)));
    }
  }

  async read() {
    this.abort = new AbortController();
    const since = this.since();
    /** @type {Record<string, string>} */
    const headers = { Accept: "text/event-stream" };
    if (since) headers["Last-Event-ID"] = `${since.epoch}.${since.seq}`;
    const address = `/api/rooms/${encodeURIComponent(this.room)}/events`;
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
    this.abort?.abort();
  }
}
