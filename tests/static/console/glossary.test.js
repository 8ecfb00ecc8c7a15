import assert from "node:assert/strict";
import { test } from "node:test";
import { countEntries } from "../../../static/console/glossary.js";

test("entries are counted as the service reads them", () => {
  const text = "# people\nAnna\nAnna\n\nsir title => Surtitle # us\nsir title => Subtitle\nuhm =>\n";
  assert.deepEqual(countEntries(text), { terms: 1, corrections: 2 });
  assert.deepEqual(countEntries(""), { terms: 0, corrections: 0 });
});
