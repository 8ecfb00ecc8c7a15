import assert from "node:assert/strict";
import { test } from "node:test";
import { splitChange } from "../../../static/console/correction_editor.js";

test("the preview marks from the first word that changes to the last", () => {
  const cases = [
    ["Good moning all.", "Good morning all.", "Good |morning| all."],
    ["Good morning.", "Good morning. And more", "Good morning.| And more|"],
    ["the the cat", "the cat", "the ||cat"],
    ["Hm.", "", "||"],
    ["", "New words", "|New words|"],
  ];
  for (const [before, now, expected] of cases) {
    const { head, changed, tail } = splitChange(before, now);
    assert.equal([head, changed, tail].join("|"), expected, now);
  }
});
