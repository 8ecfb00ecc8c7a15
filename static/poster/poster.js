// @ts-check
// A poster to print: the QR code with which people read along on their phones, and three steps in several languages.

import { takeKey } from "../room/access_key.js";
import { InvitationWatcher, isLocalNetwork, typedAddress } from "../room/invitation.js";
import { ownName, textsFor } from "../room/invitation_texts.js";
import { READERS } from "../room/keys.js";
import { find, setSentence, setText } from "../room/page.js";
import { roomName } from "../room/socket.js";
import { say } from "../room/words.js";

/** @import { Invitation } from "../room/messages" */
/** @import { View } from "../room/invitation.js" */

const FIT_MIN = 0.4;
const FIT_STEP = 0.97;
const LANGUAGES_MAX = 4;
takeKey();

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {object} properties
 * @param {Node[]} children
 */
function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Make the text smaller until it fits on the sheet. */
function fit() {
  const content = find("content");
  for (let scale = 1; scale > FIT_MIN; scale *= FIT_STEP) {
    find("sheet").style.setProperty("--fit", scale.toFixed(3));
    if (content.scrollHeight <= content.clientHeight && content.scrollWidth <= content.clientWidth) break;
  }
}

/** @param {View} view */
function show({ invitation, image, problem, note }) {
  const isReadable = Boolean(image && invitation);
  find("sheet").hidden = !isReadable;
  find("print", HTMLButtonElement).disabled = !isReadable;
  setSentence(find("problem"), problem || note);
  if (!isReadable || !invitation) return;
  const title = invitation.title || invitation.room;
  document.title = say("poster.titleOf", { room: title });
  setText(find("title"), title);
  find("image", HTMLImageElement).src = image;
  showTexts(invitation);
  setText(find("hint"), hint(invitation));
  fit();
}

/** @param {Invitation} invitation */
function hint({ code, expires_ms: endMs }) {
  const until = endMs === null ? [] : [say("poster.until", { date: new Date(endMs) })];
  const end = code ? [say("poster.public")] : [...until, say("poster.renew", { label: READERS })];
  return [say("poster.paper"), ...end].join(" ");
}

/** @param {Invitation} invitation */
function showTexts(invitation) {
  const all = textsFor(invitation, LANGUAGES_MAX);
  const line = (/** @type {string} */ lang, /** @type {string} */ textContent) =>
    make("li", { lang, dir: "auto", textContent });
  find("sentences").replaceChildren(
    ...all.map(({ language, isOffered, texts }) => line(language, isOffered ? texts.own : texts.plain)),
  );
  const typed = typedAddress(invitation);
  find("typed").hidden = !typed;
  find("types").replaceChildren(...all.map(({ language, texts }) => line(language, texts.type)));
  setText(find("start"), typed?.start ?? "");
  setText(find("short"), typed?.code ?? "");
  const isLocal = isLocalNetwork(invitation.address);
  find("steps").replaceChildren(
    ...all.map(({ language, isOffered, texts }) => {
      const last = isOffered ? `${texts.read} ${texts.choose}` : texts.read;
      const steps = [isLocal ? `${texts.wifi} ${texts.scan}` : texts.scan, texts.open, last];
      const heading = make("h3", { textContent: ownName(language) });
      const list = make("ol", {}, ...steps.map((text) => make("li", { textContent: text })));
      return make("section", { lang: language, dir: language === "ar" ? "rtl" : "ltr" }, heading, list);
    }),
  );
}

addEventListener("resize", fit);
find("print").addEventListener("click", () => print());
new InvitationWatcher(roomName(), show);
