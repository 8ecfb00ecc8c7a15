import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "../page_words.js";
import { History } from "../../../static/audience/history.js";
import { installBrowser, makeCaption } from "../browser.js";

beforeEach(() => installBrowser());

const said = (number, fields = {}) => makeCaption({ phrase: `1-${number}`, seq: number, start_s: number, ...fields });

const order = (history) => history.phrases.map(({ id, index }) => [id, index]);

test("phrases are in the order they were said", () => {
  const history = new History("main");
  for (const number of [1, 3, 2]) history.put(said(number));
  assert.deepEqual(order(history), [
    ["1-1", 0],
    ["1-2", 1],
    ["1-3", 2],
  ]);
});

test("an older revision is ignored", () => {
  const history = new History("main");
  history.put(said(1, { rev: 2 }));
  assert.equal(history.put(said(1, { rev: 1 })), null);
  assert.equal(history.phrases.length, 1);
});

test("older phrases come before others of the same moment", () => {
  const history = new History("main");
  history.put(said(5, { start_s: 1 }));
  history.put(said(4, { start_s: 1 }), true);
  assert.deepEqual(order(history), [
    ["1-4", 0],
    ["1-5", 1],
  ]);
});

test("older phrases are fetched before the oldest known", async (t) => {
  const page = { captions: [said(1), said(2)], is_all: true };
  const fetched = t.mock.method(globalThis, "fetch", () => Promise.resolve(Response.json(page)));
  const history = new History("main");
  history.put(said(3));
  assert.ok(history.hasOlder);
  assert.equal(await history.fetchOlder(), true);
  assert.equal(fetched.mock.calls[0].arguments[0], "/api/rooms/main/captions?before=3&limit=200");
  assert.deepEqual(
    history.phrases.map(({ id }) => id),
    ["1-1", "1-2", "1-3"],
  );
  assert.ok(!history.hasOlder);
});

test("a failed request is explained and not repeated at once", async (t) => {
  const fetched = t.mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const history = new History("main");
  history.put(said(3));
  await history.fetchOlder();
  assert.equal(history.problem, "Older text could not be loaded; scroll to try again.");
  assert.equal(await history.fetchOlder(), false);
  assert.equal(fetched.mock.callCount(), 1);
});

test("an answer that comes after everything was forgotten is ignored", async (t) => {
  t.mock.method(globalThis, "fetch", () => Promise.resolve(Response.json({ captions: [said(1)], is_all: true })));
  const history = new History("main");
  history.put(said(3));
  const loading = history.fetchOlder();
  history.clear();
  assert.equal(await loading, false);
  assert.deepEqual(history.phrases, []);
});

test("the original stands in for a translation that should be there by now", (context) => {
  const history = new History("main");
  const older = history.put(said(1), true);
  assert.ok(older.isOverdue, "it was said before the page came");
  const [open, final] = [said(2, { state: "open" }), said(2, { rev: 2 })];
  const phrase = history.put(open);
  assert.ok(!phrase.isOverdue);
  history.put(final);
  assert.ok(!phrase.isOverdue, "a translation may still come");
  context.mock.method(performance, "now", () => phrase.finalMs + 8000);
  assert.ok(phrase.isOverdue);
});
