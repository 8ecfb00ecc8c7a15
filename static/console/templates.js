// @ts-check
// Prepared messages in the languages that the operator chooses, and own ones; kept in this browser.

import { find } from "../room/page.js";
import { fetchPart, fetchStyle } from "./parts.js";
import { StatusLine } from "./status_line.js";
import { LANGUAGES, MESSAGES } from "./template_texts.js";

/** @import { Language } from "./template_texts.js" */

const STORED = "surtitle-messages"; // console.js loads this script at once where there is such a choice
const ALWAYS = 3; // messages that are offered while the list is closed
const OWN_MAX = 20;
const LENGTH_MAX = 280; // as `notice` in app/web/schemas.py

/** @typedef {{ languages: Language[], own: string[] }} Choice */

/** @returns {Choice} */
function readChoice() {
  try {
    const { languages = [], own = [] } = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    const known = languages.filter((/** @type {string} */ code) => code in LANGUAGES);
    return { languages: known.length ? known : ["en"], own: own.map(String) };
  } catch {
    return { languages: ["en"], own: [] };
  }
}

/**
 * Return a message in several languages as one; languages that say the same are said once.
 * @param {Record<Language, string>} message
 * @param {Language[]} languages
 */
export function join(message, languages) {
  return [...new Set(languages.map((code) => message[code]))].join(" · ");
}

/** @type {Promise<Templates> | null} */
let loading = null;

class Templates {
  choice = readChoice();
  place = find("templates");
  details = find("more-messages", HTMLDetailsElement);
  status = new StatusLine(find("messages-report"));

  constructor() {
    this.details.addEventListener("toggle", () => this.render());
    find("message-languages").append(
      ...Object.entries(LANGUAGES).map(([code, name]) => this.makeSwitch(/** @type {Language} */ (code), name)),
    );
    find("message-keep").addEventListener("click", () => this.keep());
    this.render();
  }

  /**
   * @param {Language} code
   * @param {string} name
   */
  makeSwitch(code, name) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "checkbox", checked: this.choice.languages.includes(code) });
    input.addEventListener("change", () => this.choose(code, input));
    Object.assign(label, { className: "switch", lang: code });
    label.append(input, ` ${name}`);
    return label;
  }

  /**
   * @param {Language} code
   * @param {HTMLInputElement} input
   */
  choose(code, input) {
    const { choice } = this;
    const others = choice.languages.filter((one) => one !== code);
    if (!input.checked && !others.length) {
      input.checked = true;
      this.status.refused("Expected at least one language. Choose another one first.");
      return;
    }
    choice.languages = input.checked ? [...others, code] : others;
    this.save();
  }

  /** Save the text of the message field as an own message. */
  keep() {
    const text = find("notice", HTMLInputElement).value.trim();
    const { own } = this.choice;
    if (!text) this.status.refused("Expected a message above. Type it there, then save it.");
    else if (own.includes(text)) this.status.done("This message is saved already.");
    else if (own.length >= OWN_MAX) this.status.refused(`Expected at most ${OWN_MAX} own messages. Remove one first.`);
    else {
      own.push(text);
      this.save();
      this.status.done("Saved in this browser.");
    }
  }

  /** @param {string} text */
  remove(text) {
    this.choice.own = this.choice.own.filter((one) => one !== text);
    this.save();
    find("message-keep").focus();
  }

  save() {
    this.render();
    try {
      localStorage.setItem(STORED, JSON.stringify(this.choice));
    } catch {
      // the browser forbids it: the choice lasts until the page is closed
    }
  }

  render() {
    const { languages, own } = this.choice;
    const texts = MESSAGES.slice(0, this.details.open ? undefined : ALWAYS).map((message) => join(message, languages));
    this.place.replaceChildren(...[...texts, ...own].map(makeTemplate));
    find("own-messages").replaceChildren(...own.map((text) => this.makeOwn(text)));
  }

  /** @param {string} text */
  makeOwn(text) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const button = document.createElement("button");
    item.className = "line";
    Object.assign(name, { className: "name", textContent: text, dir: "auto" });
    Object.assign(button, { type: "button", className: "small", textContent: "Remove" });
    button.setAttribute("aria-label", `Remove the message ${text}`);
    button.addEventListener("click", () => this.remove(text));
    item.append(name, button);
    return item;
  }
}

/** @param {string} text */
function makeTemplate(text) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "small preset", textContent: text, dir: "auto" });
  button.disabled = text.length > LENGTH_MAX;
  if (button.disabled) button.title = `Longer than ${LENGTH_MAX} characters: choose fewer languages.`;
  return button;
}

/** Load the list of messages once; throws if the service does not answer. */
export function loadTemplates() {
  loading ??= Promise.all([fetchPart("templates"), fetchStyle("templates")]).then(([part]) => {
    find("more-messages").append(...part);
    return new Templates();
  });
  loading.catch(() => {
    loading = null;
  });
  return loading;
}
