import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../static/microphone/outbox.js";

const RATE = 16000;
const SECOND = new Int16Array(RATE);
const startOf = (bytes) => Number(new DataView(bytes.buffer).getBigUint64(0, true));

function makeOutbox() {
  const starts = [];
  const outbox = new Outbox((bytes) => starts.push(startOf(bytes)));
  return { outbox, starts };
}

test("a message has the index of its first sample and the samples", () => {
  const messages = [];
  const outbox = new Outbox((bytes) => messages.push(bytes));
  outbox.resume(0);
  outbox.add(new Int16Array([1, -2]));
  outbox.add(new Int16Array([3]));
  assert.deepEqual(
    messages.map((bytes) => [...bytes]),
    [
      [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 254, 255],
      [2, 0, 0, 0, 0, 0, 0, 0, 3, 0],
    ],
  );
});

test("sound waits for the welcome and continues with the first sample that did not arrive", () => {
  const { outbox, starts } = makeOutbox();
  for (let i = 0; i < 3; i++) outbox.add(SECOND);
  assert.deepEqual(starts, []);
  outbox.resume(RATE);
  assert.deepEqual(starts, [RATE, 2 * RATE]);
  outbox.pause();
  outbox.add(SECOND);
  assert.equal(starts.length, 2);
  outbox.acknowledge(4 * RATE);
  assert.deepEqual(outbox.kept, []);
});

test("of more than 30 s the oldest sound is dropped and counted", () => {
  const { outbox } = makeOutbox();
  for (let i = 0; i < 33; i++) outbox.add(SECOND);
  assert.equal(outbox.lostS, 3);
  assert.equal(outbox.kept[0].start, 3 * RATE);
  assert.equal(outbox.waitingS, 30);
});

test("a reloaded page continues the service's count", () => {
  const { outbox, starts } = makeOutbox();
  outbox.resume(5 * RATE);
  outbox.add(SECOND);
  assert.deepEqual(starts, [5 * RATE]);
});

test("after a restart of the service the kept sound is counted from its new beginning", () => {
  const { outbox, starts } = makeOutbox();
  outbox.resume(0);
  for (let i = 0; i < 3; i++) outbox.add(SECOND);
  outbox.acknowledge(2 * RATE);
  outbox.pause();
  starts.length = 0;
  outbox.resume(0);
  assert.deepEqual(starts, [0]);
  outbox.add(SECOND);
  assert.deepEqual(starts, [0, RATE]);
});
