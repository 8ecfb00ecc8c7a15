import assert from "node:assert/strict";
import { test } from "node:test";
import { gap, languageName, languages, trackName } from "../../../static/room/languages.js";

test("solid and grey words are separated by a space", () => {
  assert.equal(gap("Good morning", "everyone"), " ");
  assert.equal(gap("안녕하세요", "여러분"), " ");
});

test("nothing separates texts of scripts without spaces", () => {
  for (const [before, after] of [
    ["字幕", "です"],
    ["您的", "字幕"],
    ["これは", "OBS"],
    ["OBS", "です"],
    ["はい。", "Hello"],
    ["สวัสดี", "ครับ"],
  ]) {
    assert.equal(gap(before, after), "", `${before}${after}`);
  }
});

test("nothing is added to an empty text or a second space", () => {
  assert.equal(gap("", "word"), "");
  assert.equal(gap("word", ""), "");
  assert.equal(gap("word ", "more"), "");
  assert.equal(gap("word", " more"), "");
});

test("every language has a name and they are sorted by it", () => {
  assert.equal(languages.length, 100);
  assert.ok(languages.every(({ code, name }) => name && name !== code));
  const names = languages.map(({ name }) => name);
  assert.deepEqual(
    names,
    [...names].sort((a, b) => a.localeCompare(b)),
  );
});

test("an unknown code is its own name", () => {
  assert.equal(languageName("not a code"), "not a code");
  assert.equal(languageName("jw"), "Javanese");
  assert.deepEqual(["original", "de"].map(trackName), ["Original", "German"]);
});
