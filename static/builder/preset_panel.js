// @ts-check
// Looks to start from: those that come with Surtitle, and those that this browser keeps, loads from a file or exports.

import { find } from "../room/page.js";
import { onSecondPress } from "../room/second_press.js";
import { PRESETS } from "./form_fields.js";
import { make } from "../room/make.js";
import { FILE_MAX, PRESETS_MAX, lookOf, readFile, readLink, tidyName, writeFile } from "./preset_file.js";

/** @import { Preset } from "./preset_file.js" */

const STORE = "surtitle-overlay-presets";
const NOT_STORED = "This browser does not let pages store anything. Export the preset to a file instead.";

/** @returns {Preset[]} */
function readStore() {
  try {
    return readFile(localStorage.getItem(STORE) ?? "").presets;
  } catch {
    return []; // nothing is stored, or storage is forbidden
  }
}

export class PresetPanel {
  saved = readStore();

  /**
   * @param {string} room
   * @param {() => string} getLook Returns the settings in the form as a query string.
   * @param {(query: string) => void} use Fills the form.
   */
  constructor(room, getLook, use) {
    this.room = room;
    this.getLook = getLook;
    this.use = use;
    find("save-form").addEventListener("submit", (event) => this.save(event));
    find("paste-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.usePasted();
    });
    find("paste").addEventListener("paste", () => setTimeout(() => this.usePasted()));
    find("load").addEventListener("change", () => this.load());
    find("export").addEventListener("click", () => this.export());
    find("copy-look").addEventListener("click", () => this.copyLook());
    this.draw();
  }

  /**
   * @param {string} text
   * @param {boolean} [isWrong]
   */
  say(text, isWrong = false) {
    find("kept").textContent = text;
    find("kept").classList.toggle("warning", isWrong);
  }

  draw() {
    const known = PRESETS.map(([name, query]) => ({ name, query }));
    const chips = [...known, ...this.saved].map(({ name, query }) => {
      const chip = make("button", { type: "button", className: "preset", textContent: name });
      chip.dataset.look = lookOf(query);
      chip.addEventListener("click", () => this.use(query));
      return chip;
    });
    find("presets").replaceChildren(...chips);
    const rows = this.saved.map((preset) => {
      const button = make("button", { type: "button", textContent: "Delete" });
      onSecondPress(button, "Really delete?", () => this.remove(preset), preset.name);
      return make("li", {}, make("b", { textContent: preset.name, dir: "auto" }), button);
    });
    find("saved").replaceChildren(...rows);
    this.mark();
  }

  /** Mark the looks that are in the form now. */
  mark() {
    const now = lookOf(this.getLook());
    for (const chip of find("presets").querySelectorAll("button")) {
      chip.setAttribute("aria-pressed", String(sorted(chip.dataset.look ?? "") === sorted(now)));
    }
  }

  /** @param {Preset[]} presets */
  keep(presets) {
    try {
      localStorage.setItem(STORE, writeFile(presets));
    } catch {
      this.say(NOT_STORED, true);
      return false;
    }
    this.saved = presets;
    this.draw();
    return true;
  }

  /** @param {Event} event */
  save(event) {
    event.preventDefault();
    const field = find("save-name", HTMLInputElement);
    const name = tidyName(field.value);
    const others = this.saved.filter((one) => one.name !== name);
    if (!name) this.say("Expected a name for the preset, such as Main stage. Type one and press Save.", true);
    else if (others.length >= PRESETS_MAX)
      this.say(`There are ${PRESETS_MAX} presets already. Delete one first.`, true);
    else if (this.keep([...others, { name, query: this.getLook() }])) {
      field.value = "";
      this.say(others.length < this.saved.length - 1 ? `Replaced “${name}”.` : `Saved as “${name}” in this browser.`);
    }
  }

  /** @param {Preset} preset */
  remove(preset) {
    if (this.keep(this.saved.filter((one) => one !== preset))) this.say(`Deleted “${preset.name}”.`);
    find("save-name").focus();
  }

  /** Use the look of the link in the field. */
  usePasted() {
    const field = find("paste", HTMLInputElement);
    if (!field.value.trim()) return;
    try {
      const { query, room, ignored } = readLink(field.value);
      field.value = ""; // it may contain a key
      this.use(query);
      const other = room === encodeURIComponent(this.room) ? "" : " The link above is for this room.";
      const left = ignored.length
        ? ` Left out, because these are not valid settings: ${ignored.join(", ").slice(0, 200)}.`
        : "";
      this.say(`The form shows the look of that link.${other}${left}`);
    } catch (error) {
      this.say(/** @type {Error} */ (error).message, true);
    }
  }

  /** Keep the looks in the chosen file; a look with the name of another replaces it. */
  async load() {
    const field = find("load", HTMLInputElement);
    const file = field.files?.[0];
    if (!file) return;
    try {
      if (file.size > FILE_MAX) {
        throw new Error(`Expected a file of at most ${FILE_MAX / 1000} kB, but “${file.name}” is larger.`);
      }
      const { presets, nLeftOut } = readFile(await file.text());
      const names = presets.map(({ name }) => name);
      const all = [...this.saved.filter(({ name }) => !names.includes(name)), ...presets];
      if (all.length > PRESETS_MAX) {
        throw new Error(
          `Expected at most ${PRESETS_MAX} presets in all, but with this file there are ${all.length}. Delete some.`,
        );
      }
      const left = nLeftOut ? ` Left out, because they have no valid name or settings: ${nLeftOut}.` : "";
      if (this.keep(all))
        this.say(`Loaded ${names.map((name) => `“${name}”`).join(", ")}. Choose one under Start from.${left}`);
    } catch (error) {
      this.say(/** @type {Error} */ (error).message, true);
    }
    field.value = "";
  }

  /** Save the looks of this browser as a file, or the one in the form if there are none. */
  export() {
    const presets = this.saved.length ? this.saved : [{ name: "My look", query: this.getLook() }];
    const link = make("a", { download: "surtitle-presets.json" });
    link.href = URL.createObjectURL(new Blob([writeFile(presets)], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    const what = this.saved.length ? `all saved presets (${presets.length})` : "the look in the form";
    this.say(`The file surtitle-presets.json contains ${what}.`);
  }

  async copyLook() {
    const query = this.getLook();
    const link = new URL(`/builder/${encodeURIComponent(this.room)}${query ? `?${query}` : ""}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      this.say("Copied. The link opens this builder with the look, and contains no key.");
    } catch {
      this.say(`Copying was blocked. Copy this link yourself: ${link}`, true);
    }
  }
}

/** @param {string} query */
function sorted(query) {
  const params = new URLSearchParams(query);
  params.sort();
  return params.toString();
}
