import assert from "node:assert/strict";
import { test } from "node:test";
import { breakable, characters, direction, spaced, sticks } from "../../../static/room/line_breaks.js";

test("a line may end after every space", () => {
  assert.deepEqual(breakable("Good morning,  everyone."), ["Good ", "morning,  ", "everyone."]);
});

test("a line may end between Japanese characters, but not before closing marks or after opening ones", () => {
  assert.deepEqual(breakable("今日は、「晴れ」です。"), ["今", "日", "は、", "「晴", "れ」", "で", "す。"]);
});

test("a line may end between a Latin word and a Chinese character", () => {
  assert.deepEqual(breakable("用OBS录"), ["用", "OBS", "录"]);
});

test("a line may end between Thai words", () => {
  assert.deepEqual(breakable("สวัสดีครับ"), ["สวัสดี", "ครับ"]);
});

test("the pieces of a text are the whole text", () => {
  for (const text of ["Two  words ", "字幕はこう、表示 OBS されます。", "สวัสดี ครับ ทุกคน", "한국어 자막", ""]) {
    assert.equal(breakable(text).join(""), text);
  }
});

test("a word that grows sticks to its beginning", () => {
  assert.ok(sticks("tran", "script"));
  assert.ok(!sticks("tran ", "script"));
  assert.ok(!sticks("", "script"));
  assert.ok(!sticks("今", "日"));
  assert.ok(sticks("日", "。"));
});

test("a space follows a word, but not a wide character or another space", () => {
  assert.deepEqual(["word", "word ", "語", "。"].map(spaced), ["word ", "word ", "語", "。"]);
});

test("characters are what people see as such", () => {
  assert.deepEqual(characters("e\u0301👩‍👧"), ["e\u0301", "👩‍👧"]);
});

test("Arabic and Hebrew run from right to left, in every region", () => {
  assert.deepEqual(["ar", "he", "fa-AF", "en", "ja"].map(direction), ["rtl", "rtl", "rtl", "auto", "auto"]);
});
