import assert from "node:assert/strict";
import { test } from "node:test";
import { SoundWatch } from "../../../static/landing/sound_watch.js";

const source = (fields = {}) => ({
  name: "USB",
  status: "listening",
  message: "",
  behind_s: 0,
  cadence_s: 1,
  level_dbfs: -20,
  is_clipping: false,
  is_dead: false,
  is_speech: true,
  n_terms_used: 0,
  ...fields,
});

/** Return what is said of a source that was like this all the time until `seconds`. */
function after(seconds, fields, watch = new SoundWatch(), from = 0) {
  for (let s = from; s <= seconds; s += 1) watch.update([source(fields)], s * 1000);
  return watch.describe(source(fields), [], seconds * 1000);
}

test("speech that is loud enough is all that is needed", () => {
  assert.deepEqual(after(2, {}), { state: "done", sentence: "Sound arrives from “USB”." });
});

test("a silent source says for how long, and sooner if it was never heard", () => {
  const silent = { level_dbfs: -70, is_speech: false };
  assert.match(after(2, silent).sentence, /is connected. Say a few words/);
  assert.match(after(12, silent).sentence, /^No sound from “USB” for 12 s\./);
  const watch = new SoundWatch();
  after(3, {}, watch);
  assert.equal(after(20, silent, watch, 4).state, "done");
  assert.match(after(40, silent, watch, 21).sentence, /^No sound from “USB” for 37 s\./);
  assert.equal(after(41, {}, watch, 41).state, "done");
});

test("quiet speech is a problem once it lasts", () => {
  const quiet = { level_dbfs: -48 };
  assert.notEqual(after(2, quiet).state, "problem");
  assert.match(after(6, quiet).sentence, /too quiet. Move the microphone closer/);
});

test("everything else that can be wrong is said in words, with the service's own message", () => {
  for (const [fields, state, words] of [
    [{ status: "starting" }, "todo", /is starting/],
    [{ status: "stopped" }, "todo", /is stopped. Press Start/],
    [{ status: "ended" }, "todo", /has ended/],
    [{ status: "failed" }, "problem", /has failed. Check the device/],
    [{ status: "retrying", message: "It was unplugged." }, "problem", /is gone. It was unplugged\.$/],
    [{ status: "retrying" }, "problem", /is gone; trying again/],
    [{ status: "waiting" }, "problem", /sends nothing. Is its page/],
    [{ is_dead: true }, "problem", /only silence. Look for a mute switch/],
    [{ is_clipping: true }, "problem", /too loud/],
    [{ behind_s: 9 }, "problem", /9 s behind/],
  ]) {
    const found = after(1, fields);
    assert.equal(found.state, state);
    assert.match(found.sentence, words);
  }
  const alarm = { kind: "no_text", subject: "USB", message: "Check the spoken language." };
  assert.match(new SoundWatch().describe(source(), [alarm], 0).sentence, /Check the spoken language/);
});

test("of several sources a problem comes first, then one that is heard", () => {
  const watch = new SoundWatch();
  const [heard, gone, over] = [source(), source({ name: "gone", status: "retrying" }), source({ status: "ended" })];
  watch.update([heard, gone], 0);
  assert.equal(watch.describeAll([over, heard], [], 0).state, "done");
  assert.match(watch.describeAll([heard, gone], [], 0).sentence, /“gone” is gone/);
  assert.match(watch.describeAll([], [], 0).sentence, /^Nobody sends sound yet/);
});
