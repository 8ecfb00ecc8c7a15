// @ts-check
// What the landing page says to people who run no room: without a key, with a wrong one, or with one that only reads or speaks.

import { key } from "../room/access_key.js";
import { make } from "../room/make.js";
import { pathOf } from "./links.js";

/** @import { OwnKey } from "../room/messages" */
/** @import { PageName } from "./links.js" */

const CODE_LENGTH = 12;

/** @type {Record<string, { may: string, pages: [PageName, string][] }>} */
const ROLES = {
  viewer: {
    may: "Your link is for reading along.",
    pages: [
      ["v", "Read along"],
      ["stage", "Show on a projector"],
    ],
  },
  source: {
    may: "Your link is for speaking.",
    pages: [
      ["microphone", "Speak"],
      ["v", "Read along"],
    ],
  },
};

/**
 * @param {HTMLElement} place
 * @param {OwnKey | null} own What the key opens, null for no key or a wrong one.
 * @param {string} refusal Why the key was refused.
 */
export function showHelp(place, own, refusal) {
  const known = own?.room ? ROLES[own.role] : undefined;
  const card = make("section", { className: "card visitor" });
  if (known && own?.room) card.append(...describeKey(known, own.room));
  else if (own) card.append(title("This key opens no room"), text("It only reads the metrics of the service."));
  else card.append(...describeStranger(refusal));
  place.replaceChildren(card);
}

/** @param {string} textContent */
const title = (textContent) => make("h2", { textContent });

/** @param {string} textContent */
const text = (textContent) => make("p", { textContent });

/**
 * @param {{ may: string, pages: [PageName, string][] }} known
 * @param {string} room
 */
function describeKey({ may, pages }, room) {
  const links = pages.map(([page, label], i) =>
    make("a", {
      className: i ? "button" : "button primary",
      href: `/${pathOf(page, room)}#${key()}`,
      textContent: label,
    }),
  );
  return [
    title(`Room ${room}`),
    text(may),
    make("div", { className: "row" }, ...links),
    text("To set up the room, ask its organiser for the link of the console."),
  ];
}

/** @param {string} refusal */
function describeStranger(refusal) {
  const input = make("input", { id: "code", maxLength: CODE_LENGTH, autocomplete: "off", spellcheck: false });
  input.setAttribute("autocapitalize", "characters");
  const wrong = make("p", { className: "warning", role: "alert" });
  const form = make(
    "form",
    { className: "code-form", autocomplete: "off" },
    make("label", { htmlFor: "code", textContent: "Short code, such as GWVAJK" }),
    make("div", { className: "row" }, input, make("button", { className: "primary", textContent: "Read along" })),
    wrong,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = input.value.replace(/[\s-]/g, "").toUpperCase();
    wrong.textContent = /^[A-Z0-9]+$/.test(code)
      ? ""
      : "Expected a code of letters and digits, as on the slide or poster.";
    if (!wrong.textContent) location.assign(`/c/${code}`);
  });
  const command = make("code", { textContent: "surtitle key create admin" });
  return [
    ...(refusal ? [make("p", { className: "warning", textContent: refusal })] : []),
    title("To read along"),
    text("Open the link or the QR code that you were given, or type the short code of the room."),
    form,
    title("To set up a room"),
    text(
      "Open the link “All links”, which Surtitle prints in the terminal when it starts. The part after # is its key.",
    ),
    make("p", {}, "On the computer that runs Surtitle, this prints a new one: ", command),
  ];
}
