import assert from "node:assert/strict";
import { test } from "node:test";
import { splitPassages } from "../../../static/console/doubtful_words.js";

/** Return the passages with the doubtful ones in brackets. */
const shown = (text, doubtful) =>
  splitPassages(text, doubtful)
    .map((passage) => (passage.isDoubtful ? `[${passage.text}]` : passage.text))
    .join("");

test("words are numbered at spaces, and neighbours are one passage", () => {
  assert.equal(shown("Am 3. Oktober kommt Ada.", []), "Am 3. Oktober kommt Ada.");
  assert.equal(shown("Am 3. Oktober kommt Ada.", [1, 2]), "Am [3. Oktober] kommt Ada.");
  assert.equal(shown("Am 3. Oktober kommt Ada.", [0, 2, 4]), "[Am] 3. [Oktober] kommt [Ada.]");
  assert.equal(shown("Am", [0]), "[Am]");
});

test("in scripts without spaces each character has a number", () => {
  assert.equal(shown("今天天气很好。", [2, 3]), "今天[天气]很好。");
  assert.equal(shown("Das 東京ist gut", [1, 2, 4]), "Das [東京]ist [gut]");
});

test("numbers that the text does not have are ignored", () => {
  assert.equal(shown("one two", [1, 2, 9]), "one [two]");
  assert.equal(shown("", [0]), "");
});
