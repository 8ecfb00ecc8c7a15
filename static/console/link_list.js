// @ts-check
// All links of the room, each with a key of its own: who has one, when it was used last; to make, renew and revoke them.

import { replaceKey, readStored, store } from "../room/access_key.js";
import { updateMade } from "../room/keys.js";
import { setText } from "../room/page.js";
import { request } from "../room/rest.js";
import { onSecondPress } from "../room/second_press.js";
import { makeForm } from "./link_form.js";
import { KINDS, LinkRow, make, nameOf } from "./link_row.js";
import { StatusLine } from "./status_line.js";

/** @import { KeyResource, KeyWithSecret } from "../room/messages" */
/** @import { NewLink } from "./link_form.js" */
/** @import { LinksPanel } from "./links_panel.js" */

const REFRESH_MS = 4000;
const MANY = 8; // more links than this can be searched
const HELP = "Surtitle shows a link only when you make or renew it. To copy an older link, renew it.";
const STYLE = "/static/console/links.css";
const STALE = "The list is not up to date: the service does not answer.";

export class LinkList {
  /** @type {Map<string, LinkRow>} */
  rows = new Map();
  /** @type {Record<string, string>} Secrets of the links that this tab has made or renewed, by the id of the key. */
  secrets = {};
  /** @type {number | undefined} */
  timer;
  search = make("input", { type: "search", placeholder: "Find a link", hidden: true });
  none = make("p", { className: "soft", textContent: "No link has this name.", hidden: true });
  report = make("p", { className: "report" });
  status = new StatusLine(this.report);

  /** @param {LinksPanel} panel */
  constructor(panel) {
    this.panel = panel;
    this.rest = panel.room.rest;
    this.details = panel.details;
    this.secrets = JSON.parse(readStored("sessionStorage", `${panel.name} secrets`) || "{}");
    this.report.setAttribute("role", "status");
    this.search.setAttribute("aria-label", "Find a link");
    this.search.addEventListener("input", () => this.filter());
    const renew = make("button", { type: "button", className: "small danger", textContent: "Renew all links" });
    onSecondPress(renew, "Really renew all? Everybody needs a new link", () => this.renewAll());
    this.groups = Object.entries(KINDS).map(([role, { name }]) => {
      const list = make("ul", { className: "link-list" });
      const count = make("span", {});
      return { role, list, count, node: make("section", { hidden: true }, make("h3", {}, `${name} `, count), list) };
    });
    this.body = make(
      "div",
      { className: "links", hidden: true },
      make("p", { className: "soft", textContent: HELP }),
      makeForm((made) => this.create(made)),
      this.search,
      this.none,
      ...this.groups.map(({ node }) => node),
      make("div", { className: "row" }, renew),
      this.report,
    );
    this.details.append(this.body);
    this.details.addEventListener("toggle", () => this.refresh());
    const style = make("link", { rel: "stylesheet", href: STYLE });
    style.addEventListener("load", () => this.refresh());
    document.head.append(style);
  }

  /** Show the links as they are now, and again after a while, as long as the list is open. */
  async refresh() {
    clearTimeout(this.timer);
    if (!this.details.open) return;
    try {
      /** @type {KeyResource[]} */
      const keys = await (await request(`${this.rest.address}/keys`)).json();
      this.show(keys);
      if (this.report.textContent === STALE) this.status.show("", "");
    } catch {
      if (!this.rest.isLost) this.status.refused(STALE);
    }
    this.body.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), REFRESH_MS);
  }

  /** @param {KeyResource[]} keys */
  show(keys) {
    for (const [id, row] of this.rows) if (!keys.some((key) => key.id === id)) this.removeRow(id, row);
    const secrets = { ...this.secrets };
    for (const made of this.panel.made) if (made) secrets[made.id] = made.key;
    for (const key of keys) {
      const row = this.rows.get(key.id) ?? this.addRow(key);
      row?.show(key, secrets[key.id] ?? "");
    }
    this.search.hidden = keys.length <= MANY;
    this.filter();
  }

  /** @param {KeyResource} key */
  addRow(key) {
    const group = this.groups.find(({ role }) => role === key.role);
    if (!group) return null;
    const row = new LinkRow(this, key);
    group.list.prepend(row.node); // the newest is the first
    this.rows.set(key.id, row);
    return row;
  }

  /**
   * @param {string} id
   * @param {LinkRow} row
   */
  removeRow(id, row) {
    const next = row.node.nextElementSibling ?? row.node.previousElementSibling;
    if (row.node.contains(document.activeElement)) {
      const focused = next?.querySelector("button:not([hidden])") ?? this.details.querySelector("summary");
      if (focused instanceof HTMLElement) focused.focus();
    }
    row.hideCode();
    row.node.remove();
    this.rows.delete(id);
  }

  /** Show only the links whose name contains what is searched, and how many each group has. */
  filter() {
    const wanted = this.search.hidden ? "" : this.search.value.trim().toLocaleLowerCase();
    let nShown = 0;
    for (const { role, node, count } of this.groups) {
      const rows = [...this.rows.values()].filter((row) => row.key.role === role);
      for (const row of rows) row.node.hidden = !nameOf(row.key).toLocaleLowerCase().includes(wanted);
      const n = rows.filter((row) => !row.node.hidden).length;
      node.hidden = !n;
      setText(count, String(n));
      nShown += n;
    }
    this.none.hidden = nShown > 0;
  }

  /**
   * Make a link and show it first.
   * @param {NewLink} wanted
   */
  create(wanted) {
    return this.status.run(async () => {
      /** @type {KeyWithSecret} */
      const made = await this.rest.send("POST", "/keys", wanted);
      this.keepSecrets([made]);
      this.search.value = "";
      await this.refresh();
      const row = this.rows.get(made.id);
      row?.node.scrollIntoView({ block: "nearest" });
      row?.copy.focus();
      const isShorter = (made.expires_ms ?? Infinity) < made.created_ms + wanted.lasts_s * 1000 - 1000;
      const end = isShorter ? " It ends with this console's own link, which is sooner than you chose." : "";
      return `The link ${nameOf(made)} is ready to copy.${end}`;
    });
  }

  renewAll() {
    return this.status.run(async () => {
      /** @type {KeyWithSecret[]} */
      const keys = await this.rest.send("POST", "/renew");
      await this.adopt(keys);
      return "All links are renewed, and the old ones are no longer valid. Copy the new ones here.";
    });
  }

  /** @param {KeyResource} key */
  renew(key) {
    return this.status.run(async () => {
      await this.adopt([await this.rest.send("POST", `/keys/${key.id}/rotate`)]);
      return `The link ${nameOf(key)} is renewed, and the old one is no longer valid. Copy the new one here.`;
    });
  }

  /** @param {KeyResource} key */
  revoke(key) {
    return this.status.run(async () => {
      await this.rest.send("DELETE", `/keys/${key.id}`);
      updateMade(this.rest.room, (made) => (made.id === key.id ? null : made));
      if (!key.is_own) await this.panel.makeLinks();
      await this.refresh();
      return `The link ${nameOf(key)} is revoked, and everybody who used it is disconnected.`;
    });
  }

  /**
   * Go on with the new keys where this page uses the old ones.
   * @param {KeyWithSecret[]} keys
   */
  async adopt(keys) {
    const own = keys.find((key) => key.is_own);
    if (own) replaceKey(own.key);
    updateMade(this.rest.room, (made) => keys.find((key) => key.id === made.id) ?? made);
    this.keepSecrets(keys);
    if (own) this.panel.onNewKey();
    await this.panel.makeLinks();
    await this.refresh();
  }

  /**
   * Keep secrets until this tab is closed, so that their links can be copied.
   * @param {KeyWithSecret[]} keys
   */
  keepSecrets(keys) {
    for (const { id, key } of keys) this.secrets[id] = key;
    store("sessionStorage", JSON.stringify(this.secrets), `${this.panel.name} secrets`);
  }
}
