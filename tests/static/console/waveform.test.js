// What the drawing of a source's sound says to people who do not see it.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.matchMedia = () => ({ matches: false });
const { describeLevels } = await import("../../../static/console/waveform.js");

const levels = (...parts) =>
  parts.flatMap(([seconds, db, sound]) => Array.from({ length: seconds * 4 }, () => ({ atMs: 0, db, sound })));

test("one sentence describes the drawing", () => {
  assert.equal(describeLevels(levels([10, -60, "silence"])), "Last 10 seconds: silence.");
  assert.equal(
    describeLevels(levels([4, -50, "sound"], [6, -21.6, "speech"])),
    "Last 10 seconds: 6 s of speech; loudest -22 dB.",
  );
  assert.equal(
    describeLevels(levels([2, -52, "quiet"], [3, -20, "speech"], [5, -3, "clipped"])),
    "Last 10 seconds: 10 s of speech, 2 s of it too quiet; clipped for 5 s; loudest -3 dB.",
  );
});
