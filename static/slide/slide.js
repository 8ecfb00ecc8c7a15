// @ts-check
// A slide for the projector: the QR code with which people read along on their phones, and the short code to type.

import { takeKey } from "../room/access_key.js";
import { InvitationWatcher, isLocalNetwork, typedAddress } from "../room/invitation.js";
import { offered, ownName, textsFor } from "../room/invitation_texts.js";
import { find, setSentence, setText } from "../room/page.js";
import { Projector } from "../room/projector.js";
import { roomName } from "../room/socket.js";
import { say } from "../room/words.js";

/** @import { Invitation } from "../room/messages" */
/** @import { View } from "../room/invitation.js" */

const FIT_MIN = 0.4;
const FIT_STEP = 0.95;
const LANGUAGES_MAX = 4;
takeKey();
const root = document.documentElement;
/** @type {string | null} */
let theme = new URLSearchParams(location.search).get("theme");
if (theme !== "light" && theme !== "dark")
  theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

/** Make the text smaller until the slide fits on the screen. */
function fit() {
  for (let scale = 1; scale > FIT_MIN; scale *= FIT_STEP) {
    root.style.setProperty("--fit", scale.toFixed(3));
    if (root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth) break;
  }
}

/** @param {View} view */
function show({ invitation, image, problem, note }) {
  if (invitation) {
    const title = invitation.title || invitation.room;
    setText(find("title"), title);
    document.title = say("slide.titleOf", { room: title });
    showTexts(invitation);
  }
  const isReadable = Boolean(image);
  find("code").hidden = find("say").hidden = !isReadable;
  if (isReadable) find("image", HTMLImageElement).src = image;
  setSentence(find("problem"), problem);
  setText(find("note"), note);
  fit();
}

/**
 * @param {string} lang
 * @param {string} textContent
 */
const makeLine = (lang, textContent) => Object.assign(document.createElement("li"), { lang, dir: "auto", textContent });

/** @param {Invitation} invitation */
function showTexts(invitation) {
  const all = textsFor(invitation, LANGUAGES_MAX);
  find("sentences").replaceChildren(
    ...all.map(({ language, isOffered, texts }) => makeLine(language, isOffered ? texts.own : texts.plain)),
  );
  const local = all.filter(({ language }, at) => isLocalNetwork(invitation.address) && (at === 0 || language === "en"));
  find("wifi").replaceChildren(...local.map(({ language, texts }) => makeLine(language, texts.wifi)));
  const typed = typedAddress(invitation);
  find("typed").hidden = !typed;
  find("type").lang = all[0].language;
  setText(find("type"), all[0].texts.type);
  // an address that is too long breaks after a slash
  const parts = (typed?.start.match(/[^/]*\/+/g) ?? []).flatMap((part) => [part, document.createElement("wbr")]);
  find("start").replaceChildren(...parts);
  setText(find("short"), typed?.code ?? "");
  const names = offered(invitation).map(ownName);
  setText(find("languages"), names.length > 1 ? names.join(" · ") : "");
}

function showTheme() {
  root.classList.toggle("dark", theme === "dark");
}

/** Change the theme, and the address with it, so that a reload keeps it. */
function changeTheme() {
  theme = theme === "dark" ? "light" : "dark";
  history.replaceState(null, "", `?theme=${theme}${location.hash}`);
  showTheme();
}

addEventListener("resize", fit);
find("theme").addEventListener("click", changeTheme);
showTheme();
new Projector({ t: changeTheme });
new InvitationWatcher(roomName(), show);
