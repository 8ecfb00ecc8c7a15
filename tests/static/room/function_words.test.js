import assert from "node:assert/strict";
import { test } from "node:test";
import { isFunctionWord } from "../../../static/room/function_words.js";

test("articles and prepositions of a language are function words, also at the beginning of a sentence or a quotation", () => {
  for (const [word, language] of [
    ["the", "en"],
    ["“The", "en-GB"],
    ["für", "de"],
    ["à", "fr"],
    ["della", "it"],
    ["às", "pt"],
  ]) {
    assert.ok(isFunctionWord(word, language), word);
  }
});

test("other words, those of other languages, and words with a mark behind them are not", () => {
  for (const [word, language] of [
    ["house", "en"],
    ["die", "en"],
    ["in,", "de"],
    ["the", "xx"],
    ["constructor", "en"],
  ]) {
    assert.ok(!isFunctionWord(word, language), word);
  }
});
