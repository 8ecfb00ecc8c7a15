import assert from "node:assert/strict";
import { test } from "node:test";
import "../page_words.js";
import { describeLevel } from "../../../static/microphone/level_meter.js";

test("the level is said in words, after the speaker has had time to begin", () => {
  const level = (db) => 10 ** (db / 20);
  assert.equal(describeLevel(level(-20), 0), "good");
  assert.equal(describeLevel(1, 0), "loud");
  assert.equal(describeLevel(level(-45), 1000), "");
  assert.equal(describeLevel(level(-45), 3500), "faint");
  assert.equal(describeLevel(0, 3500), "");
  assert.equal(describeLevel(0, 5500), "silent");
});
