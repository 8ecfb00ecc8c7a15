import assert from "node:assert/strict";
import { test } from "node:test";
import { adaptCaption } from "../../../static/room/adapted_caption.js";

const caption = (changes) => ({
  phrase: "1-0",
  track: "fr",
  rev: 1,
  state: "open",
  language: "fr",
  speaker: null,
  committed: "Bonjour",
  tentative: "à tous",
  ...changes,
});

test("the grey words of a translation are shown only where they are wanted", () => {
  assert.equal(adaptCaption(caption(), true).tentative, "à tous");
  assert.equal(adaptCaption(caption(), false).tentative, "");
  assert.equal(adaptCaption(caption({ committed: "" }), false), null);
  assert.equal(adaptCaption(caption({ track: "original" }), false).tentative, "à tous");
  assert.equal(adaptCaption(caption({ state: "withdrawn", committed: "", tentative: "" }), false).state, "withdrawn");
});

test("a text that was not translated begins with its language", () => {
  assert.equal(adaptCaption(caption({ language: "de" }), true).committed, "[de] Bonjour");
  assert.equal(adaptCaption(caption({ language: "de", track: "original" }), true).committed, "Bonjour");
  assert.equal(adaptCaption(caption({ language: "de", committed: "" }), true).committed, "");
});
