// What a replacement makes of a text, as the console shows it before it is made.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeEntry } from "../../../static/console/glossary_entry.js";
import { replaceParts } from "../../../static/console/search_results.js";

test("the preview is what the service makes of a text", () => {
  assert.equal(replaceParts(["", "Ada", " met ", "Ada", "m."], "Eve").join(""), "Eve met Evem.");
  assert.equal(replaceParts(["a ", "um", " b"], "").join(""), "a b");
  assert.equal(replaceParts(["", "Um", " so"], " ").join(""), "so");
  assert.equal(replaceParts(["a", "um", "b"], "").join(""), "ab");
});

test("an entry of the glossary corrects a word, or names it", () => {
  assert.equal(makeEntry(" Meier ", "Maier"), "Meier => Maier");
  assert.equal(makeEntry("Maier", "Maier"), "Maier");
  assert.throws(() => makeEntry("Meier", " "), /Expected the right spelling/);
  assert.throws(() => makeEntry("a => b", "c"), /without “=>”/);
});
