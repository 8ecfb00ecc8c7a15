import assert from "node:assert/strict";
import { test } from "node:test";
import "../page_words.js";
import { describe } from "../../../static/audience/connection_status.js";

const room = (sources, isPaused = false) => ({ sources, showing: { is_paused: isPaused } });
const source = (status, behindS = 0) => ({ status, behind_s: behindS });

test("the state of the connection comes first", () => {
  assert.deepEqual(describe("refused", room([])), ["lost", "not connected"]);
  assert.deepEqual(describe("closed", room([])), ["lost", "reconnecting"]);
  assert.deepEqual(describe("open", null), ["connecting", "connecting"]);
});

test("a pause is said before anything else about the room", () => {
  assert.deepEqual(describe("open", room([source("listening", 9)], true)), ["paused", "paused by the organiser"]);
});

test("subtitles are late from 4 s on", () => {
  assert.deepEqual(describe("open", room([source("listening", 4)])), ["late", "4 s behind"]);
  assert.deepEqual(describe("open", room([source("listening", 3.9)])), ["live", "live"]);
});

test("of several sources the best counts", () => {
  assert.deepEqual(describe("open", room([source("retrying"), source("listening")])), ["live", "live"]);
  assert.deepEqual(describe("open", room([source("failed"), source("waiting")])), ["late", "no sound"]);
  assert.deepEqual(describe("open", room([source("stopped")])), ["idle", "nobody is speaking"]);
  assert.deepEqual(describe("open", room([])), ["idle", "nobody is speaking yet"]);
});
