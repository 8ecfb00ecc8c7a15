import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { takeKey } from "../../../static/room/access_key.js";
import { RoomRest, ServiceError, request } from "../../../static/room/rest.js";
import { installBrowser } from "../browser.js";

beforeEach(() => {
  installBrowser({ hash: "#KEY" });
  takeKey();
});

const answer = (status, body) => Promise.resolve(new Response(body && JSON.stringify(body), { status }));

test("the key goes in a header, and a body as JSON", async (t) => {
  const fetched = t.mock.method(globalThis, "fetch", () => answer(200, {}));
  await request("/api/rooms", { method: "POST", body: { name: "hall" } });
  const [address, options] = fetched.mock.calls[0].arguments;
  assert.equal(address, "/api/rooms");
  assert.equal(options.body, '{"name":"hall"}');
  assert.deepEqual(options.headers, { Authorization: "Bearer KEY", "Content-Type": "application/json" });
});

test("a refusal is an error with the service's sentence and code", async (t) => {
  t.mock.method(globalThis, "fetch", () => answer(403, { code: "access", message: "Not with this key." }));
  await assert.rejects(request("/api/rooms"), { message: "Not with this key.", code: "access", isAnswered: true });
});

test("no answer is an error that says so", async (t) => {
  t.mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await assert.rejects(request("/api/rooms"), (error) => error instanceof ServiceError && !error.isAnswered);
});

test("an answer without a sentence is an error with its status", async (t) => {
  t.mock.method(globalThis, "fetch", () => Promise.resolve(new Response("<html>", { status: 502 })));
  await assert.rejects(request("/api/rooms"), { message: "Not done: the service answered 502.", code: "" });
});

test("nothing is changed while the connection is lost", async (t) => {
  const fetched = t.mock.method(globalThis, "fetch", () => answer(200, {}));
  const rest = new RoomRest("main");
  rest.isLost = true;
  await assert.rejects(rest.send("PATCH", "", {}), /connection to the service is lost/);
  assert.equal(fetched.mock.callCount(), 0);
  await rest.fetchRoom();
  assert.equal(fetched.mock.callCount(), 1);
});

test("an empty answer is null", async (t) => {
  t.mock.method(globalThis, "fetch", () => Promise.resolve(new Response(null, { status: 204 })));
  assert.equal(await new RoomRest("main").send("DELETE", "/captions"), null);
});
