import "../page_words.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  enumerate,
  follow,
  language,
  nameLanguages,
  nameVoice,
  percent,
  pickLanguage,
  say,
} from "../../../static/room/words.js";

const speak = (...languages) =>
  Object.defineProperty(globalThis, "navigator", { value: { languages }, configurable: true });

beforeEach(async () => {
  speak("en-US");
  await follow({ ui: "en", language: "" });
});

test("the reader's choice comes first, then the subtitles, then the browser, then English", () => {
  speak("it", "pt-PT", "de");
  assert.equal(pickLanguage({ ui: "fr", language: "es+original" }), "fr");
  assert.equal(pickLanguage({ ui: "", language: "es+original" }), "es");
  assert.equal(pickLanguage({ ui: "xx", language: "original" }), "pt");
  speak("it");
  assert.equal(pickLanguage({}), "en");
});

test("numbers, dates and plural forms are those of the language and the browser's region", async () => {
  assert.equal(say("search.found", { n: 1 }), "1 place found.");
  assert.equal(say("search.found", { n: 1200 }), "1,200 places found.");
  speak("de-AT");
  await follow({ ui: "de", language: "" });
  assert.equal(language, "de");
  assert.equal(say("search.found", { n: 12345 }), "12\u00a0345 Stellen gefunden.");
  assert.equal(say("poster.until", { date: new Date(2026, 2, 1) }), "Der Code gilt bis zum 1. März 2026.");
  assert.equal(percent(1.25), "125\u00a0%");
  assert.equal(enumerate(["Zoom", "YouTube"]), "Zoom und YouTube");
  speak("fr");
  await follow({ ui: "fr", language: "" });
  assert.equal(say("privacy.kept", { n: 0.5 }), "Les sous-titres sont conservés pendant 0,5 heure, puis supprimés.");
});

test("languages are named and sorted as the reader does", async () => {
  speak("de");
  await follow({ ui: "de", language: "" });
  const names = nameLanguages([
    { code: "uk", name: "Ukrainian" },
    { code: "am", name: "Amharic" },
    { code: "zz", name: "Unknown" },
  ]).map(({ name }) => name);
  assert.deepEqual(names, ["Amharisch", "Ukrainisch", "Unknown"]);
});

test("a voice without a name has a number in the language of the page", async () => {
  speak("fr");
  await follow({ ui: "fr", language: "" });
  assert.deepEqual(["Speaker 2", "Ada", null].map(nameVoice), ["Voix 2", "Ada", null]);
});
