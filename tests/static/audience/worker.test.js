import assert from "node:assert/strict";
import { test } from "node:test";

const listeners = {};
const kept = new Map();
let isFull = false;
globalThis.self = {
  location: { origin: "https://host" },
  addEventListener: (type, listener) => Object.assign(listeners, { [type]: listener }),
};
globalThis.caches = {
  async open() {
    if (isFull) throw new Error("QuotaExceededError");
    return { match: async (name) => kept.get(name), put: async (name, answer) => kept.set(name, answer) };
  },
};
await import("../../../static/audience/worker.js");

/** Return the text of the page that a browser shows when the network answers so. */
async function open(answer) {
  globalThis.fetch = async () => {
    if (!answer) throw new Error("no network");
    return answer;
  };
  let response;
  const request = { method: "GET", mode: "navigate", url: "https://host/v/main" };
  listeners.fetch({ request, respondWith: (one) => (response = one) });
  return (await response).text();
}

test("a page loads where nothing can be stored", async () => {
  isFull = true;
  assert.equal(await open(new Response("fresh")), "fresh");
  await assert.rejects(open(null), /no network/);
  isFull = false;
});

test("the kept page is shown without a network and while a proxy says that the service is away", async () => {
  assert.equal(await open(new Response("nginx", { status: 502 })), "nginx");
  await open(new Response("page"));
  assert.equal(await open(new Response("nginx", { status: 502 })), "page");
  kept.set("/v/", new Response("page"));
  assert.equal(await open(null), "page");
  assert.equal(await open(new Response("unknown", { status: 404 })), "unknown");
});
