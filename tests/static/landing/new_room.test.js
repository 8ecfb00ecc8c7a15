import assert from "node:assert/strict";
import { test } from "node:test";
import { shortName } from "../../../static/landing/new_room.js";

test("a short name is made of the letters of a title that an address can have", () => {
  assert.equal(shortName("  Großer Saal, Müller & Søn (2026) "), "gro-er-saal-muller-s-n-2026");
  assert.equal(shortName("قاعة"), "");
  assert.equal(shortName("x".repeat(90)).length, 40);
});
