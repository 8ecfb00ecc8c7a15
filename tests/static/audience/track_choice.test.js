import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { installBrowser } from "../browser.js";
import "../page_words.js";
import { TrackChoice, nameOf } from "../../../static/audience/track_choice.js";

class FakeElement {
  children = [];

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  addEventListener(name, listener) {
    this[name] = listener;
  }
}

globalThis.document = { createElement: () => new FakeElement() };
globalThis.Option = class {
  constructor(text, value) {
    Object.assign(this, { text, value });
  }
};

let shown;
let preferences;

beforeEach(() => {
  shown = [];
  preferences = {
    language: "",
    set(changes) {
      Object.assign(this, changes);
    },
  };
});

function choose(languages, { search = "" } = {}) {
  installBrowser({ path: "/v/main", search });
  Object.defineProperty(globalThis, "navigator", { value: { languages }, configurable: true });
  const choice = new TrackChoice(new FakeElement(), preferences, (tracks) => shown.push(tracks.join("+")));
  choice.offer(["original", "en", "fr"]);
  return choice;
}

test("the first of the browser's languages on offer is shown", () => {
  choose(["fr-CA", "en"]);
  assert.deepEqual(shown.slice(-1), ["fr"]);
});

test("the original is shown to people who speak its language", () => {
  choose(["de", "en"]).noteLanguage({ track: "original", language: "de" });
  assert.deepEqual(shown.slice(-1), ["original"]);
});

test("the first words settle the choice", () => {
  const choice = choose(["de", "en"]);
  choice.noteLanguage({ track: "original", language: "it" });
  assert.deepEqual(shown.slice(-1), ["en"]);
  choice.noteLanguage({ track: "original", language: "de" });
  assert.deepEqual(shown.slice(-1), ["en"]);
});

test("the address comes before what the reader chose before", () => {
  preferences.language = "fr";
  choose(["en"], { search: "?lang=en+original".replace("+", "%2B") });
  assert.deepEqual(shown.slice(-1), ["en+original"]);
  choose(["en"]);
  assert.deepEqual(shown.slice(-1), ["fr"]);
});

test("what the reader chooses is kept", () => {
  const choice = choose(["en"]);
  choice.select.value = "fr+original";
  choice.select.change();
  assert.equal(preferences.language, "fr+original");
  assert.deepEqual(shown.slice(-1), ["fr+original"]);
});

test("a language that the organiser adds is shown to those whose first language it is", () => {
  for (const [languages, expected] of [
    [["pt-BR", "en"], "pt"],
    [["en", "pt"], "en"],
  ]) {
    const choice = choose(languages);
    choice.noteLanguage({ track: "original", language: "de" });
    assert.deepEqual(shown.slice(-1), ["en"]);
    choice.offer(["original", "en", "fr", "pt"]);
    assert.deepEqual(shown.slice(-1), [expected]);
  }
});

test("any two languages can be chosen, with few entries in the list", () => {
  const choice = choose(["en"]);
  choice.offer(["original", "en", "fr", "pt", "es"]);
  const pairs = () => choice.select.children.at(-1).children.map(({ value }) => value);
  assert.deepEqual(pairs(), ["en+fr", "en+pt", "en+es", "en+original", "fr+original", "pt+original", "es+original"]);
  choice.select.value = "en+pt";
  choice.select.change();
  assert.deepEqual(shown.slice(-1), ["en+pt"]);
  assert.equal(choice.select.children.at(-1).children[0].text, "English + Português");
  assert.equal(choice.select.value, "en+pt");
});

test("languages are named in themselves", () => {
  assert.deepEqual(["de", "fr", "not a code"].map(nameOf), ["Deutsch", "Français", "not a code"]);
});
