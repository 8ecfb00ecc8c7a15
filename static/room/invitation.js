// @ts-check
// Keeps a slide or a poster up to date: what it says about the room, and the QR code of the link for readers.

import { key, replaceKey } from "./access_key.js";
import { READERS, findOrMakeKey, readersKey, updateMade } from "./keys.js";
import { sayError, sayRefusal } from "./problems.js";
import { ServiceError, request } from "./rest.js";
import { say } from "./words.js";

/** @import { Invitation } from "./messages" */

const REFRESH_MS = 4000;
const REFUSED_MS = 60_000; // a key that has ended does not come back, but the room may become public

/**
 * @typedef {object} View
 * @property {Invitation | null} invitation Null before the service has answered.
 * @property {string} image The address of the QR code, "" if there is none.
 * @property {string} problem Why there is no QR code, or "".
 * @property {string} note What else is wrong, or "".
 */

export class InvitationWatcher {
  /** The key in the QR code, which the service has accepted as one that only reads. "" if none is needed. */
  secret = "";
  isReady = false;
  /** Whether the page's own key may make others. */
  ownsRoom = false;
  /** Whether a console or page of this browser has made the key in the QR code. */
  wasMadeHere = false;
  /** @type {View} */
  view = { invitation: null, image: "", problem: "", note: "" };
  /** What the QR code contains that is shown now. */
  drawn = "";
  /** @type {number | undefined} */
  timer;

  /**
   * @param {string} room
   * @param {(view: View) => void} onChange
   */
  constructor(room, onChange) {
    this.room = room;
    this.address = `/api/rooms/${encodeURIComponent(room)}/invitation`;
    this.onChange = onChange;
    addEventListener("storage", () => this.follow());
    this.refresh();
  }

  /** Go on with the key for readers that a console in this browser has just made or renewed. */
  follow() {
    const made = readersKey(this.room);
    if (!made || made.key === this.secret || (this.isReady && !this.wasMadeHere)) return;
    if (!this.ownsRoom) replaceKey(made.key);
    this.secret = made.key;
    this.isReady = true; // the service refuses a key that does more than read
    this.refresh();
  }

  async refresh() {
    clearTimeout(this.timer);
    let pauseMs = REFRESH_MS;
    try {
      const invitation = await this.fetchInvitation();
      const problem = invitation.address ? "" : say("invitation.onlyHere");
      const image = problem ? "" : await this.draw(invitation);
      this.show({ invitation, image, problem, note: "" });
    } catch (error) {
      if (error instanceof ServiceError && error.code === "access") {
        pauseMs = REFUSED_MS;
        this.isReady = false;
        this.show({
          ...this.view,
          image: "",
          problem: `${sayRefusal(error.code, error.message)} ${say("invitation.console")}`,
          note: "",
        });
      } else if (error instanceof ServiceError && this.view.image) {
        this.show({ ...this.view, note: sayError(error, "invitation.unanswered") });
      } else {
        this.show({ ...this.view, image: "", problem: sayError(error, "invitation.unanswered"), note: "" });
      }
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), pauseMs);
  }

  /** Return what the service says to the key in the QR code; the first time, and once that key has ended, find one. */
  async fetchInvitation() {
    if (this.isReady) {
      try {
        return await this.ask(this.secret);
      } catch (error) {
        if (!(error instanceof ServiceError && error.code === "access")) throw error;
        const { secret } = this;
        updateMade(this.room, (made) => (made.key === secret ? null : made));
        this.isReady = false;
        if (!this.ownsRoom) return this.adopt(error);
      }
    }
    return this.begin();
  }

  /** Find the key for the QR code: the page's own if it only reads, otherwise one for readers. */
  async begin() {
    /** @type {Invitation} */
    let invitation;
    try {
      invitation = await this.ask(key());
    } catch (error) {
      return this.adopt(error);
    }
    if (invitation.role === "source") throw new Error(`${say("invitation.speaking")} ${say("invitation.console")}`);
    this.ownsRoom = invitation.role !== "viewer";
    if (!this.ownsRoom) return this.use(key(), invitation);
    const made = await findOrMakeKey(this.room, "viewer", READERS);
    const secret = made?.key ?? "";
    return this.use(secret, await this.ask(secret));
  }

  /**
   * Go on with the key of this browser's console, because the page's own has ended; without one, throw the error.
   * @param {unknown} error
   */
  async adopt(error) {
    const made = readersKey(this.room);
    if (!made || made.key === key()) throw error;
    const invitation = await this.ask(made.key);
    replaceKey(made.key);
    return this.use(made.key, invitation);
  }

  /**
   * @param {string} secret
   * @param {Invitation} invitation
   */
  use(secret, invitation) {
    // the service checks this too, before it draws the code
    if (invitation.role !== "viewer") throw new Error(say("invitation.console"));
    this.secret = secret;
    this.isReady = true;
    this.wasMadeHere = readersKey(this.room)?.key === secret;
    return invitation;
  }

  /**
   * @param {string} accessKey
   * @returns {Promise<Invitation>}
   */
  async ask(accessKey) {
    return (await request(this.address, { accessKey })).json();
  }

  /**
   * Return the address of the QR code, drawn again only if what it contains has changed.
   * @param {Invitation} invitation
   */
  async draw({ address, code }) {
    const wanted = JSON.stringify([address, code, this.secret]);
    if (this.drawn === wanted && this.view.image) return this.view.image;
    const drawn = await request(`/qr/${encodeURIComponent(this.room)}.svg`, { accessKey: this.secret });
    this.drawn = wanted;
    return URL.createObjectURL(await drawn.blob());
  }

  /** @param {View} view */
  show(view) {
    if (this.view.image !== view.image) URL.revokeObjectURL(this.view.image);
    const isNew = JSON.stringify(view) !== JSON.stringify(this.view);
    this.view = view;
    if (isNew) this.onChange(view);
  }
}

/**
 * Return how to type the address of a public room, in two parts. A browser adds the scheme http by itself, and https only
 * where there is no port.
 * @param {{ address: string | null, code: string | null }} invitation
 */
export function typedAddress({ address, code }) {
  if (!address || !code) return null;
  const { protocol, port } = new URL(address);
  const rest = address.replace(/^https?:\/\//, "");
  return { start: `${protocol === "https:" && port ? "https://" : ""}${rest}/c/`, code };
}

/**
 * Return whether phones must be in the same network to open an address.
 * @param {string | null} address
 */
export function isLocalNetwork(address) {
  const { hostname } = new URL(address ?? "https://nowhere.invalid");
  const isPrivate = /^(10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\.\d/.test(hostname);
  return isPrivate || /^\[f[cde]/.test(hostname) || /\.local$/.test(hostname) || !/[.:]/.test(hostname);
}
