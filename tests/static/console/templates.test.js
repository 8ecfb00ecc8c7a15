// Prepared messages in several languages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGUAGES, MESSAGES } from "../../../static/console/template_texts.js";
import { join } from "../../../static/console/templates.js";

test("every message is there in every language, and all of them together are short enough", () => {
  const codes = Object.keys(LANGUAGES);
  for (const message of MESSAGES) {
    assert.deepEqual(Object.keys(message).sort(), [...codes].sort());
    assert.ok(join(message, codes.slice(0, 6)).length <= 280);
  }
});

test("languages that say the same are said once", () => {
  assert.equal(join(MESSAGES[0], ["de", "es", "it"]), "Kurze Pause · Breve pausa");
});
