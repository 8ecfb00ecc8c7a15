// @ts-check
// Opens the audience page while there is no network: it keeps the page's files, never what was said or a key.

/** @import { WorkerScope } from "./worker" */

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
const STORE = "surtitle-audience";
const PAGE = "/v/"; // one page for all rooms

/** @param {URL} address */
const isPage = ({ pathname }) => /^\/v\/[A-Za-z0-9_-]+$/.test(pathname);

/**
 * Keep an answer; a page must load also where nothing can be stored, such as on a full disk.
 * @param {string} name
 * @param {Response} answer
 */
async function keep(name, answer) {
  try {
    await (await caches.open(STORE)).put(name, answer);
  } catch {
    // the page then needs the network
  }
}

/** @param {string} name */
async function findKept(name) {
  try {
    return await (await caches.open(STORE)).match(name);
  } catch {
    return undefined;
  }
}

/**
 * Return what is on the network, and keep it; what was kept where there is no network, or a proxy says that the service is
 * away: the page waits for it.
 * @param {Request} request
 * @param {string} name
 */
async function fetchOrKept(request, name) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await keep(name, fresh.clone());
    return (fresh.status >= 500 && (await findKept(name))) || fresh;
  } catch (error) {
    const kept = await findKept(name);
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && isPage(address)) event.respondWith(fetchOrKept(request, PAGE));
  else if (address.pathname.startsWith("/static/")) event.respondWith(fetchOrKept(request, address.pathname));
});

// the page names the files that it loaded before there was a worker
worker.addEventListener("message", (event) => {
  event.waitUntil(
    caches.open(STORE).then(async (store) => {
      const kept = new Set((await store.keys()).map(({ url }) => new URL(url).pathname));
      const missing = event.data.filter((path) => typeof path === "string" && path.startsWith("/static/"));
      await store.addAll(missing.map(String).filter((path) => !kept.has(path)));
      if (!kept.has(PAGE)) {
        const page = await fetch(`${PAGE}-`);
        if (page.ok) await store.put(PAGE, page);
      }
    }),
  );
});

worker.addEventListener("install", () => worker.skipWaiting());
