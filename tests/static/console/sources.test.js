import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../../static/console/sources.js";

const source = (fields) => ({
  name: "hall",
  status: "listening",
  message: "",
  behind_s: 0,
  cadence_s: 1,
  level_dbfs: -20,
  is_clipping: false,
  is_dead: false,
  is_speech: false,
  ...fields,
});

test("a source that listens says what it hears", () => {
  assert.equal(describe(source(), false), "Listening.");
  assert.equal(describe(source({ is_speech: true }), false), "Listening: speech.");
  assert.equal(describe(source({ is_dead: true }), false), "Listening, but there is only silence.");
  assert.equal(describe(source({ is_quiet: true, is_speech: true }), false), "Listening: speech; too quiet.");
  assert.equal(describe(source({ is_clipping: true }), false), "Listening; too loud, the sound is clipped.");
});

test("while the room is paused its audio is ignored", () => {
  assert.equal(describe(source({ is_speech: true }), true), "Paused: audio is ignored.");
});

test("delays from 4 s on, slow decoding and messages are added", () => {
  assert.equal(describe(source({ behind_s: 3.9 }), false), "Listening.");
  assert.equal(describe(source({ behind_s: 6, cadence_s: 2 }), false), "Listening; 6 s behind; decoded every 2.0 s.");
  assert.equal(describe(source({ status: "failed", message: "Unplugged." }), false), "Failed. Unplugged.");
});
