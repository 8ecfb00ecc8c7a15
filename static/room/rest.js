// @ts-check
// Requests to the service with the page's key. A failure is an error with a message for the user.

import { key, rememberKey } from "./access_key.js";

/** @import { RoomResource } from "./messages" */

const LOST =
  "Not done: the connection to the service is lost. What you typed is still here; try again when it is back.";
const UNANSWERED = "Not done: the service does not answer. What you typed is still here; try again.";

/** A request that failed; `code` is the service's, "" if there was none. */
export class ServiceError extends Error {
  /**
   * @param {string} message
   * @param {{ code?: string, isAnswered?: boolean }} [details]
   */
  constructor(message, { code = "", isAnswered = true } = {}) {
    super(message);
    this.code = code;
    /** Whether the service answered at all. */
    this.isAnswered = isAnswered;
  }
}

/**
 * Send a request and return the answer.
 * @param {string} address
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {string} [options.accessKey] The key to send, by default the page's own.
 * @param {object} [options.body] Sent as JSON.
 * @param {Record<string, string>} [options.headers]
 * @param {AbortSignal} [options.signal]
 * @throws {ServiceError} The service does not answer, or refuses.
 */
export async function request(address, { method = "GET", accessKey = key(), body, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (accessKey) sent.Authorization = `Bearer ${accessKey}`;
  if (body) sent["Content-Type"] = "application/json";
  const options = { method, headers: sent, ...(body && { body: JSON.stringify(body) }), ...(signal && { signal }) };
  const answer = await fetch(address, options).catch(() => null);
  if (!answer) throw new ServiceError(UNANSWERED, { isAnswered: false });
  if (answer.ok) {
    if (accessKey === key()) rememberKey();
    return answer;
  }
  const problem = await answer.json().catch(() => ({}));
  throw new ServiceError(problem.message ?? `Not done: the service answered ${answer.status}.`, { code: problem.code });
}

/**
 * Save a file of the service on the reader's device. The key goes in a header, so that no address contains it.
 * @param {string} address
 * @param {string} name
 */
export async function download(address, name) {
  const answer = await request(address);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Return the sentence for an error.
 * @param {unknown} error
 * @param {string} [unanswered] Another sentence for a service that does not answer.
 */
export function messageOf(error, unanswered) {
  if (unanswered && error instanceof ServiceError && !error.isAnswered) return unanswered;
  return error instanceof Error ? error.message : String(error);
}

/** The REST interface of one room, as the console uses it. */
export class RoomRest {
  /** While the connection is lost, changes are refused at once. */
  isLost = false;

  /** @param {string} room */
  constructor(room) {
    this.room = room;
    this.address = `/api/rooms/${encodeURIComponent(room)}`;
  }

  /**
   * Return the room; this also shows whether the service answers.
   * @returns {Promise<RoomResource>}
   */
  async fetchRoom() {
    return (await request(this.address)).json();
  }

  /**
   * Change something in the room and return the service's answer, null if it is empty.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async send(method, path, body) {
    this.expectConnection();
    const answer = await request(`${this.address}${path}`, { method, ...(body && { body }) });
    return answer.status === 204 ? null : answer.json();
  }

  /** Refuse an action while the connection is lost. */
  expectConnection() {
    if (this.isLost) throw new ServiceError(LOST, { isAnswered: false });
  }
}
