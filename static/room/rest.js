// Requests about one room, with the page's key. What goes wrong is an error whose message is a sentence for people.

import { key } from "./socket.js";

export const LOST =
  "Not done: the connection to the service is lost. What you typed is still here; try again once it is back.";
const UNANSWERED = "Not done: the service does not answer. What you typed is still here; try again.";

export class Rest {
  constructor(room) {
    Object.assign(this, { room, at: `/api/rooms/${encodeURIComponent(room)}`, isLost: false });
  }

  /** Look at the room; works as a sign of life too. */
  look() {
    return this.ask("GET", "");
  }

  /** Do something to the room, and return what the service answers; refused at once while the connection is lost. */
  async act(method, path, body) {
    if (this.isLost) throw new Error(LOST);
    return this.ask(method, path, body);
  }

  async ask(method, path, body) {
    const answer = await this.send(`${this.at}${path}`, method, key(), body);
    return answer.status === 204 ? null : answer.json();
  }

  /** Fetch a file of the service as a blob; `word` is the key to show, the page's own if none is given. */
  async file(path, word = key()) {
    if (this.isLost) throw new Error(LOST);
    return (await this.send(path, "GET", word)).blob();
  }

  async send(address, method, word, body) {
    const headers = word ? { Authorization: `Bearer ${word}` } : {};
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(address, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
    if (!answer) throw new Error(UNANSWERED);
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.message ?? `Not done: the service answered ${answer.status}.`), {
      code: problem.code,
    });
  }
}
