// @ts-check
// The keys of the room: who has one, when it was used last, and how to renew or revoke it.

import { replaceKey } from "../room/access_key.js";
import { updateMade } from "../room/keys.js";
import { find, setText } from "../room/page.js";
import { request } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { StatusLine } from "./status_line.js";

/** @import { KeyResource, KeyWithSecret } from "../room/messages" */
/** @import { Sharing } from "./sharing.js" */

const REFRESH_MS = 4000;
const COPIED_MS = 2000;
/** @type {Record<string, [page: string, name: string]>} The page of a role's link, and what it is called. */
const PAGES = { viewer: ["v", "Read"], source: ["microphone", "Speak"], operator: ["operator", "Operate"] };

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {object} properties
 * @param {(Node | string)[]} children
 */
function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** @param {number} ms */
const moment = (ms) => new Date(ms).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

/** @param {KeyResource} key */
const nameOf = ({ role, label }) => (label ? `${role}, ${label}` : role);

/** @param {KeyResource} key */
function describe(key) {
  const used = key.used_ms === null ? "Never used." : `Last used ${moment(key.used_ms)}.`;
  const end = key.expires_ms === null ? "No end." : `Ends ${moment(key.expires_ms)}.`;
  const own = key.is_own ? "This console's own key. " : "";
  return `${own}${key.n_connections} connected. ${used} ${end}`;
}

export class KeyList {
  /** @type {Map<string, HTMLElement>} */
  rows = new Map();
  list = make("ul", {});
  links = make("ul", {});
  details = find("room-keys", HTMLDetailsElement);
  /** @type {number | undefined} */
  timer;

  /** @param {Sharing} sharing */
  constructor(sharing) {
    this.sharing = sharing;
    this.rest = sharing.room.rest;
    const renew = make("button", { type: "button", className: "small danger", textContent: "Renew all links" });
    onSecondPress(renew, "Really renew? Everybody needs the new links", () => this.renewAll());
    const help = make("p", { className: "soft" }, "Renewing or revoking a key disconnects everybody who uses it.");
    const report = make("p", { className: "report" });
    report.setAttribute("role", "status");
    this.status = new StatusLine(report);
    this.details.append(help, renew, report, this.links, this.list);
    this.details.addEventListener("toggle", () => this.refresh());
    this.refresh();
  }

  /** Show the keys as they are now, and again after a while, as long as the list is open. */
  async refresh() {
    clearTimeout(this.timer);
    if (!this.details.open) {
      this.links.replaceChildren(); // they are shown once
      return;
    }
    try {
      /** @type {KeyResource[]} */
      const keys = await (await request(`${this.rest.address}/keys`)).json();
      this.show(keys);
    } catch {
      // the console says that the connection is lost
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), REFRESH_MS);
  }

  /** @param {KeyResource[]} keys */
  show(keys) {
    for (const [id, row] of this.rows) {
      if (keys.some((key) => key.id === id)) continue;
      if (row.contains(document.activeElement)) this.details.querySelector("summary")?.focus();
      row.remove();
      this.rows.delete(id);
    }
    for (const key of keys) {
      const row = this.rows.get(key.id) ?? this.addRow(key);
      setText(row.querySelector(".state"), describe(key));
    }
  }

  /** @param {KeyResource} key */
  addRow(key) {
    const name = nameOf(key);
    const [renew, revoke] = ["Renew", "Revoke"].map((textContent) =>
      make("button", { type: "button", className: "small", textContent }),
    );
    onSecondPress(renew, "Really renew?", () => this.renew(key.id, name), name);
    onSecondPress(revoke, "Really revoke?", () => this.revoke(key.id, name), name);
    const line = make("div", { className: "line" }, make("b", { className: "name", textContent: name }), renew, revoke);
    const row = make("li", { className: "output" }, line, make("p", { className: "state" }));
    this.list.prepend(row);
    this.rows.set(key.id, row);
    return row;
  }

  renewAll() {
    return this.status.run(async () => {
      /** @type {KeyWithSecret[]} */
      const keys = await this.rest.send("POST", "/renew");
      await this.adopt(keys);
      return "All links are renewed; the old ones are no longer valid. The new ones are shown here once.";
    });
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  renew(id, name) {
    return this.status.run(async () => {
      await this.adopt([await this.rest.send("POST", `/keys/${id}/rotate`)]);
      return `The link of ${name} is renewed; the new one is shown here once.`;
    });
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  revoke(id, name) {
    return this.status.run(async () => {
      await this.rest.send("DELETE", `/keys/${id}`);
      updateMade(this.rest.room, (made) => (made.id === id ? null : made));
      await this.sharing.makeLinks();
      this.refresh();
      return `${name} is revoked, and everybody who used it is disconnected.`;
    });
  }

  /**
   * Go on with the new keys where this page uses the old ones, and show the new links.
   * @param {KeyWithSecret[]} keys
   */
  async adopt(keys) {
    const own = keys.find((key) => key.is_own);
    if (own) replaceKey(own.key);
    updateMade(this.rest.room, (made) => keys.find((key) => key.id === made.id) ?? made);
    if (own) this.sharing.onNewKey();
    this.links.replaceChildren(...keys.map((key) => this.makeLink(key)));
    this.links.scrollIntoView({ block: "nearest" });
    await this.sharing.makeLinks();
    this.refresh();
  }

  /** @param {KeyWithSecret} key */
  makeLink(key) {
    const [page, does] = PAGES[key.role];
    const value = `${location.origin}/${page}/${encodeURIComponent(this.rest.room)}#${key.key}`;
    const name = key.label ? `${does}: ${key.label}` : does;
    const input = make("input", { readOnly: true, value, className: "grow" });
    input.setAttribute("aria-label", `New link, ${name}`);
    const copy = make("button", { type: "button", className: "small", textContent: "Copy" });
    copy.setAttribute("aria-label", `Copy, ${name}`);
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(value);
        setText(copy, "Copied");
        setTimeout(() => setText(copy, "Copy"), COPIED_MS);
      } catch {
        // browsers allow it on secure pages only
        input.select();
      }
    });
    return make(
      "li",
      { className: "output" },
      make("b", { textContent: name }),
      make("div", { className: "row" }, input, copy),
    );
  }
}
