// @ts-check
// One link of the room in the list: what it is for, who uses it, and what can be done with it.

import { copyText } from "../room/copy_text.js";
import { ONLY_HERE, deviceLink } from "../room/device_links.js";
import { setText } from "../room/page.js";
import { onSecondPress } from "../room/second_press.js";
import { drawCode } from "./links_panel.js";

/** @import { KeyResource } from "../room/messages" */
/** @import { LinkList } from "./link_list.js" */

const COPIED_MS = 2000;
const DAY_MS = 86_400_000;

/** @typedef {{ pages: Record<string, string>, name: string, does: string }} LinkKind Pages by the start of their address. */

/** @type {Record<string, LinkKind>} The kinds of links by the role of their keys. */
export const KINDS = {
  viewer: {
    pages: { v: "Audience page", slide: "Slide with QR code", stage: "Stage", overlay: "Overlay", poster: "Poster" },
    name: "Read",
    does: "Read along",
  },
  source: { pages: { microphone: "Microphone page" }, name: "Speak", does: "Speak, with a microphone page" },
  operator: { pages: { operator: "Console" }, name: "Operate", does: "Operate, with a console like this" },
};

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {object} properties
 * @param {(Node | string)[]} children
 */
export function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/**
 * Return a moment as people say it: today the time, else the day.
 * @param {number} ms
 */
function moment(ms) {
  const [then, now] = [new Date(ms), new Date()];
  const isToday = then.toDateString() === now.toDateString();
  const isThisYear = then.getFullYear() === now.getFullYear();
  if (isToday) return `today at ${then.toLocaleTimeString([], { timeStyle: "short" })}`;
  return then.toLocaleDateString([], { day: "numeric", month: "short", ...(!isThisYear && { year: "numeric" }) });
}

/** @param {KeyResource} key */
export const nameOf = ({ role, label }) => label || KINDS[role].does;

/** @param {number} n */
const people = (n) => (n === 1 ? "1 page or program" : `${n} pages and programs`);

export class LinkRow {
  /** @type {string} The secret of the key, "" where only its receiver has it. */
  secret = "";
  copy = button("Copy");
  qr = button("QR code");
  renew = button("Renew");
  revoke = button("Revoke");
  connected = make("span", { className: "connected" });
  used = make("span", {});
  ends = make("span", {});
  code = make("div", { className: "code", hidden: true });
  page = make("select", { className: "small" });

  /**
   * @param {LinkList} list
   * @param {KeyResource} key
   */
  constructor(list, key) {
    this.list = list;
    this.key = key;
    const name = nameOf(key);
    const role = make("span", { className: "role", textContent: KINDS[key.role].name });
    const own = key.is_own ? [make("span", { className: "role own", textContent: "This console" })] : [];
    onSecondPress(
      this.renew,
      () => this.askRenew(),
      () => list.renew(this.key),
      name,
    );
    onSecondPress(
      this.revoke,
      () => this.askRevoke(),
      () => list.revoke(this.key),
      name,
    );
    for (const node of [this.copy, this.qr]) node.setAttribute("aria-label", `${node.textContent}, ${name}`);
    this.page.setAttribute("aria-label", `Page that the copied link opens, ${name}`);
    for (const [page, text] of Object.entries(KINDS[key.role].pages)) this.page.append(new Option(text, page));
    this.copy.addEventListener("click", () => this.copyLink());
    this.qr.addEventListener("click", () => this.toggleCode());
    this.node = make(
      "li",
      { className: "link-row" },
      make("p", { className: "who" }, make("b", { textContent: name, dir: "auto" }), " ", role, ...own),
      make("p", { className: "use" }, this.connected, this.used, this.ends),
      make("div", { className: "row" }, this.copy, this.qr, this.renew, this.revoke, this.page),
      this.code,
    );
    this.show(key, "");
  }

  /**
   * Show the key as it is now.
   * @param {KeyResource} key
   * @param {string} secret
   */
  show(key, secret) {
    this.key = key;
    const { n_connections: n, used_ms: usedMs, expires_ms: endMs } = key;
    setText(this.connected, n ? `${n} connected now` : "Nobody connected now");
    this.connected.classList.toggle("good", n > 0);
    setText(this.used, usedMs === null ? "Never used" : `Last used ${moment(usedMs)}`);
    setText(this.ends, endMs === null ? "No end" : `Ends ${moment(endMs)}`);
    this.ends.classList.toggle("warning", endMs !== null && endMs < Date.now() + DAY_MS);
    if (this.secret !== secret) this.hideCode();
    this.secret = secret;
    this.copy.hidden = !secret;
    this.page.hidden = !secret || this.page.options.length === 1;
    // everybody who sees a code can use it, so there is none for links to a console
    this.qr.hidden = !secret || key.role === "operator";
  }

  /** The link as other devices open it or, if they cannot, as this machine does. */
  get link() {
    const { panel } = this.list;
    const path = `${this.page.value}/${encodeURIComponent(panel.name)}`;
    const address = panel.address ?? location.origin;
    return deviceLink(address, path, `#${this.secret}`) ?? "";
  }

  askRenew() {
    const { is_own: isOwn, n_connections: n } = this.key;
    if (isOwn) return "Really renew? This console goes on with the new link";
    return n ? `Really renew? Disconnects ${people(n)}` : "Really renew? The old link ends";
  }

  askRevoke() {
    const { is_own: isOwn, n_connections: n } = this.key;
    if (isOwn) return "Really revoke? You can no longer operate this room here";
    return n ? `Really revoke? Disconnects ${people(n)}` : "Really revoke? The link ends";
  }

  async copyLink() {
    if (await copyText(this.link)) {
      setText(this.copy, "Copied");
      setTimeout(() => setText(this.copy, "Copy"), COPIED_MS);
      if (!this.list.panel.address) this.list.status.refused(`The link is copied. ${ONLY_HERE}`);
    } else {
      this.showLink();
    }
  }

  /** Show the link as text to copy by hand, where the browser does not allow more. */
  showLink() {
    const field = make("input", { readOnly: true, value: this.link });
    field.setAttribute("aria-label", `Link, ${nameOf(this.key)}`);
    this.code.replaceChildren(make("p", { textContent: "The browser blocks copying. Press Ctrl+C." }), field);
    this.code.hidden = false;
    field.select();
  }

  async toggleCode() {
    if (!this.code.hidden) {
      this.hideCode();
      return;
    }
    const { panel, status } = this.list;
    if (!panel.address) {
      status.refused(ONLY_HERE);
      return;
    }
    await status.run(async () => {
      panel.room.rest.expectConnection();
      const alt = `QR code, ${nameOf(this.key)}`;
      const src = await drawCode(panel.name, { key: this.secret, role: this.key.role });
      this.code.replaceChildren(make("img", { alt, src }));
      this.code.hidden = false;
      this.qr.setAttribute("aria-expanded", "true");
      this.code.scrollIntoView({ block: "nearest" });
      return this.key.role === "source"
        ? "People who scan the code can speak."
        : "People who scan the code can read along.";
    });
  }

  hideCode() {
    const image = this.code.querySelector("img");
    if (image) URL.revokeObjectURL(image.src);
    this.code.replaceChildren();
    this.code.hidden = true;
    this.qr.setAttribute("aria-expanded", "false");
  }
}

/** @param {string} textContent */
const button = (textContent) => make("button", { type: "button", className: "small", textContent });
