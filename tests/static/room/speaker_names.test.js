// The names of speakers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SpeakerNames } from "../../../static/room/speaker_names.js";

test("a label is shown by its name, and nobody while names are off", () => {
  const speakers = new SpeakerNames();
  assert.equal(speakers.shown("Speaker 1"), "Speaker 1");
  assert.ok(speakers.follow({ speaker_names: { "Speaker 1": "Ada" }, shows_names: true }));
  assert.ok(!speakers.follow({ speaker_names: { "Speaker 1": "Ada" }, shows_names: true }));
  assert.deepEqual(
    ["Speaker 1", "toString", "", null].map((label) => speakers.shown(label)),
    ["Ada", "toString", null, null],
  );
  assert.ok(speakers.follow({ speaker_names: { "Speaker 1": "Ada" }, shows_names: false }));
  assert.deepEqual([speakers.shown("Speaker 1"), speakers.of("Speaker 1")], [null, "Ada"]);
});
