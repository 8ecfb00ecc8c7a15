import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { takeKey } from "../../../static/room/access_key.js";
import { Captions, maxBehindS, repeats } from "../../../static/room/captions.js";
import { FakeWebSocket, installBrowser, makeCaption } from "../browser.js";

beforeEach(() => {
  installBrowser({ hash: "#KEY" });
  takeKey();
});

function listen(options = {}) {
  const received = [];
  const captions = new Captions("main", {
    onCaption: ({ phrase, rev }, isNews) => received.push([phrase, rev, isNews]),
    ...options,
  });
  FakeWebSocket.last.open();
  return { captions, received, socket: FakeWebSocket.last };
}

const snapshot = (captions, isFresh = true) => ({ type: "snapshot", epoch: "a", is_fresh: isFresh, captions });

test("the first message has the role and the key", (t) => {
  const { captions, socket } = listen();
  t.after(() => captions.close());
  assert.deepEqual(socket.sent, [{ type: "hello", key: "KEY", role: "viewer", tracks: [] }]);
});

test("a revision is applied once, and an older one never", (t) => {
  const { captions, received, socket } = listen();
  t.after(() => captions.close());
  for (const rev of [2, 2, 1, 3]) socket.receive({ type: "caption", caption: makeCaption({ rev }) });
  assert.deepEqual(received, [
    ["1-0", 2, true],
    ["1-0", 3, true],
  ]);
});

test("a correction is no news", (t) => {
  const { captions, received, socket } = listen();
  t.after(() => captions.close());
  socket.receive({ type: "caption", caption: makeCaption({ state: "corrected" }) });
  assert.deepEqual(received, [["1-0", 1, false]]);
});

test("a translation of what was said long ago is no news", (t) => {
  const { captions, received, socket } = listen();
  t.after(() => captions.close());
  socket.receive({ type: "caption", caption: makeCaption({ track: "fr", is_backfilled: true }) });
  assert.deepEqual(received, [["1-0", 1, false]]);
});

test("of a fresh snapshot only the newest phrases are passed on", (t) => {
  const { captions, received, socket } = listen({ recent: 1 });
  t.after(() => captions.close());
  socket.receive(snapshot([makeCaption(), makeCaption({ phrase: "1-1", seq: 2 })]));
  assert.deepEqual(received, [["1-1", 1, true]]);
});

test("a fresh snapshot replaces everything", (t) => {
  let fresh = 0;
  const { captions, received, socket } = listen({ onFresh: () => (fresh += 1) });
  t.after(() => captions.close());
  socket.receive(snapshot([makeCaption({ rev: 5 })]));
  socket.receive(snapshot([makeCaption({ rev: 1 })]));
  assert.equal(fresh, 2);
  assert.deepEqual(
    received.map(([, rev]) => rev),
    [5, 1],
  );
});

test("a new connection continues after the last logged caption", (t) => {
  const { captions, socket } = listen();
  t.after(() => captions.close());
  socket.receive(snapshot([makeCaption({ seq: 7 }), makeCaption({ phrase: "1-1", seq: null, state: "open" })]));
  captions.socket.connect();
  FakeWebSocket.last.open();
  assert.deepEqual(FakeWebSocket.last.sent[0].since, { epoch: "a", seq: 7 });
});

test("the state of the room goes to pages, its status to consoles", (t) => {
  const states = [];
  const { captions, socket } = listen({
    onState: (state) => states.push(["state", state]),
    onRoom: (status) => states.push(["status", status]),
  });
  t.after(() => captions.close());
  socket.receive({ type: "welcome", epoch: "a", state: 1 });
  socket.receive({ type: "state", state: 2 });
  socket.receive({ type: "status", status: 3 });
  assert.deepEqual(states, [
    ["state", 1],
    ["state", 2],
    ["status", 3],
  ]);
});

test("subtitles are as late as the slowest source", () => {
  assert.equal(maxBehindS([]), 0);
  assert.equal(maxBehindS([{ behind_s: 1 }, { behind_s: 6 }]), 6);
});

test("a text that only repeats another track is found, also while it is a few words behind", () => {
  const of = (committed, language = "en", state = "open") => ({ committed, tentative: "", language, state });
  assert.equal(repeats(of("Good morning."), of("Good morning.")), true);
  assert.equal(repeats(of("Berlin", "en"), of("Berlin", "de")), true);
  assert.equal(repeats(of("Good"), of("Good morning.")), true);
  assert.equal(repeats(of("Die", "de"), of("Die Hard", "en")), false);
  assert.equal(repeats(of("Guten Morgen.", "de"), of("Good morning.")), false);
  assert.equal(repeats(undefined, of("Good morning.")), false);
  assert.equal(repeats(of("x", "en", "withdrawn"), of("", "en")), false);
});
