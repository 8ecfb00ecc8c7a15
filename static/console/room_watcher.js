// @ts-check
// The current settings and status of the room.

import { ServiceError } from "../room/rest.js";

/** @import { RoomResource, RoomStatus, Showing } from "../room/messages" */
/** @import { RoomRest } from "../room/rest.js" */

const WATCH_MS = 3000;
/** @type {Showing} */
const UNKNOWN = { is_hidden: false, is_paused: false, notice: "", offers_transcript: false };

/**
 * @typedef {object} RoomView What a panel shows.
 * @property {RoomResource} settings
 * @property {RoomStatus} status
 * @property {Showing} showing
 */

export class RoomWatcher {
  /** @type {RoomResource | null} */
  settings = null;
  /** @type {RoomStatus | null} */
  status = null;
  /** How often this page has changed the settings. */
  changes = 0;

  /**
   * @param {RoomRest} rest
   * @param {(view: RoomView) => void} onChange Called after each change of settings or status.
   * @param {(sentence: string) => void} onRefused Receives why the service refuses, or "" if it accepts.
   */
  constructor(rest, onChange, onRefused) {
    this.rest = rest;
    this.onChange = onChange;
    this.onRefused = onRefused;
    this.watch();
  }

  /** What readers may see; the defaults before the service has answered. */
  get showing() {
    return this.status?.showing ?? UNKNOWN;
  }

  /** What panels show, null before the service has answered. */
  get view() {
    const { settings, status, showing } = this;
    return settings && status ? { settings, status, showing } : null;
  }

  /** Fetch the settings periodically, because others may change them too. */
  async watch() {
    const began = this.changes;
    try {
      const settings = await this.rest.fetchRoom();
      if (began === this.changes) this.setSettings(settings);
      this.onRefused("");
    } catch (error) {
      if (error instanceof ServiceError && error.code) this.onRefused(error.message);
    }
    setTimeout(() => this.watch(), WATCH_MS);
  }

  /**
   * Change settings and show the new ones; throws a sentence if the service refuses.
   * @param {object} fields
   */
  async change(fields) {
    const settings = await this.patch(fields);
    this.setSettings(settings);
    return settings;
  }

  /**
   * Change settings without showing the new ones.
   * @param {object} fields
   * @returns {Promise<RoomResource>}
   */
  async patch(fields) {
    const settings = await this.rest.send("PATCH", "", fields);
    this.changes += 1;
    return settings;
  }

  /** @param {RoomResource} settings */
  setSettings(settings) {
    this.settings = settings;
    this.setStatus(settings.state);
  }

  /** @param {RoomStatus} status */
  setStatus(status) {
    this.status = status;
    if (this.view) this.onChange(this.view);
  }
}
