import assert from "node:assert/strict";
import { test } from "node:test";
import { describeRoom } from "../../../static/landing/room_description.js";

const source = (fields) => ({ name: "hall", status: "listening", message: "", behind_s: 0, cadence_s: 1, ...fields });
const room = (...sources) => ({ sources, model: "small", n_readers: 3, problems: [] });

test("every phase of a source is said in words", () => {
  for (const status of ["starting", "listening", "waiting", "retrying", "stopped", "ended", "failed"]) {
    const text = describeRoom(room(source({ status })));
    assert.match(text, /^hall (is|has) /);
    assert.doesNotMatch(text, /undefined/);
  }
});

test("the model, the readers and problems are named", () => {
  assert.equal(
    describeRoom({ ...room(), problems: ["Captions are not saved."] }),
    "Nobody is speaking yet. Decoded with the model small; 3 reading. Captions are not saved.",
  );
});

test("a source is late from 4 s on, and a busy machine is named before", () => {
  assert.match(describeRoom(room(source({ behind_s: 4 }))), /hall is listening, 4 s behind\./);
  assert.match(describeRoom(room(source({ cadence_s: 1.5 }))), /a little late: the machine is busy/);
  assert.match(describeRoom(room(source({ status: "failed", message: "Unplugged." }))), /has failed \(Unplugged\.\)/);
});
