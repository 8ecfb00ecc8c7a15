import assert from "node:assert/strict";
import { test } from "node:test";
import { countEntries } from "../../../static/console/glossary.js";

test("entries are counted as the service reads them", () => {
  const text = "# people\nAnna\nAnna\n\nsir title => Surtitle # us\nsir title => Subtitle\nuhm =>\n";
  assert.deepEqual(countEntries(text), { terms: 1, corrections: 2, translations: 0 });
  assert.deepEqual(countEntries(""), { terms: 0, corrections: 0, translations: 0 });
});

test("a fixed translation is a term too, and each line of it counts", () => {
  const text = "Nord => North [en]\nNord => Nord [fr, pt]\nSurtitle = keep\nX = Keep [en]\nhaha => [lacht]\nE = m";
  assert.deepEqual(countEntries(text), { terms: 4, corrections: 1, translations: 4 });
});
