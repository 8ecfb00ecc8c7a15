// Captions as server-sent events, for networks that let no WebSocket through. The key travels in a header.

import { key, pauseMs } from "./socket.js";

export class RoomStream {
  /** `since()` is the last logged caption held; `onMessage` and `onStatus` as a socket's. */
  constructor(room, since, onMessage, onStatus) {
    Object.assign(this, { room, since, onMessage, onStatus, tries: 0, stopped: false });
    this.run();
  }

  async run() {
    while (!this.stopped) {
      try {
        await this.read();
        this.onStatus("closed", "The connection is lost; trying again.");
      } catch (error) {
        this.onStatus(error.refusal ? "refused" : "closed", error.refusal ?? "The connection is lost; trying again.");
      }
      if (!this.stopped) await new Promise((resolve) => setTimeout(resolve, pauseMs(this.tries++)));
    }
  }

  async read() {
    this.abort = new AbortController();
    const since = this.since();
    const headers = { Accept: "text/event-stream" };
    if (key()) headers.Authorization = `Bearer ${key()}`;
    if (since) headers["Last-Event-ID"] = `${since.epoch}.${since.seq}`;
    const answer = await fetch(`/api/rooms/${encodeURIComponent(this.room)}/events`, {
      headers,
      signal: this.abort.signal,
    });
    if (!answer.ok) {
      const { code, message } = await answer.json();
      this.stopped = code === "access";
      throw Object.assign(new Error(message), { refusal: message });
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const data of events.flatMap((event) => event.split("\n")).filter((line) => line.startsWith("data: "))) {
        const message = JSON.parse(data.slice(6));
        if (message.type === "welcome") {
          this.tries = 0;
          this.onStatus("open", "");
        }
        this.onMessage(message);
      }
    }
  }

  close() {
    this.stopped = true;
    this.abort?.abort();
  }
}
