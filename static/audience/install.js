// @ts-check
// Makes the page installable: a manifest for its room, and a worker that opens it while there is no network.

const PAUSE_MS = 3000; // first the subtitles, then this

/** @param {string} room */
export function makeInstallable(room) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "manifest", href: `/v/${encodeURIComponent(room)}.webmanifest` });
  document.head.append(link);
  // only on secure pages
  if ("serviceWorker" in navigator) setTimeout(registerWorker, PAUSE_MS);
}

/** The worker's address, in the form that the page's policy asks for where browsers know it (Trusted Types). */
function workerAddress() {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  const address = "/v/worker.js";
  return trustedTypes
    ? trustedTypes.createPolicy("worker", { createScriptURL: () => address }).createScriptURL("")
    : address;
}

async function registerWorker() {
  try {
    const { active, installing, waiting } = await navigator.serviceWorker.register(workerAddress(), { scope: "/v/" });
    const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const paths = files.filter(({ origin }) => origin === location.origin).map(({ pathname }) => pathname);
    (active ?? installing ?? waiting)?.postMessage(paths.filter((path) => path.startsWith("/static/")));
  } catch {
    // forbidden in a private window; the page works without
  }
}
