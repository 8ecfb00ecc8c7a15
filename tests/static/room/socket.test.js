import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { key, takeKey } from "../../../static/room/access_key.js";
import { RoomSocket, pauseMs, roomName } from "../../../static/room/socket.js";
import { FakeWebSocket, installBrowser } from "../browser.js";

beforeEach(() => installBrowser());

function connect() {
  const statuses = [];
  const messages = [];
  const socket = new RoomSocket(
    "main",
    () => ({ role: "viewer" }),
    (message) => messages.push(message),
    (status, text) => statuses.push([status, text]),
  );
  return { socket, statuses, messages };
}

test("room and key come from the address, decoded where that is possible", () => {
  installBrowser({ path: "/overlay/gro%C3%9F", hash: "#a%2Bb" });
  takeKey();
  assert.deepEqual([roomName(), key()], ["groß", "a+b"]);
  installBrowser({ path: "/overlay/%", hash: "#%zz" });
  takeKey();
  assert.deepEqual([roomName(), key()], ["%", "%zz"]);
});

test("pauses grow up to ten seconds", (t) => {
  t.mock.method(Math, "random", () => 1);
  assert.deepEqual([0, 1, 2, 3, 9].map(pauseMs), [1000, 2000, 4000, 8000, 10000]);
});

test("a welcome opens the connection and is passed on", (t) => {
  const { socket, statuses, messages } = connect();
  t.after(() => socket.close());
  FakeWebSocket.last.open();
  FakeWebSocket.last.receive({ type: "welcome", epoch: "a", state: {} });
  assert.deepEqual(statuses, [["open", ""]]);
  assert.equal(messages.length, 1);
});

test("a wrong key is refused in a sentence and not tried again", () => {
  const { socket, statuses } = connect();
  FakeWebSocket.last.open();
  FakeWebSocket.last.receive({ type: "error", code: "access", message: "Wrong key.", retry_after_s: null });
  FakeWebSocket.last.close();
  assert.deepEqual(statuses, [["refused", "Wrong key."]]);
  assert.equal(socket.stopped, true);
  assert.equal(socket.timer, undefined);
});

test("a lost connection is tried again, at the time that the service has named", (t) => {
  t.mock.method(Math, "random", () => 0);
  const { socket, statuses } = connect();
  t.after(() => clearTimeout(socket.timer));
  FakeWebSocket.last.open();
  FakeWebSocket.last.receive({ type: "error", code: "full", message: "Full.", retry_after_s: 30 });
  assert.equal(socket.nextPauseMs(), 30_000);
  FakeWebSocket.last.close();
  assert.deepEqual(statuses, [["refused", "Full."]]);
  assert.notEqual(socket.timer, undefined);
});
