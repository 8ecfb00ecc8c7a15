// Gives pure modules of the pages English words, as a page has them. Import it before the module.

import { readFile } from "node:fs/promises";

globalThis.location ??= { search: "", pathname: "/v/main", hash: "" };
globalThis.document ??= { documentElement: { classList: { remove() {} } }, querySelectorAll: () => [] };
Object.defineProperty(globalThis, "navigator", { value: { languages: ["en-US"] }, configurable: true });
globalThis.fetch = async (address) =>
  new Response(await readFile(new URL(`../../static/${String(address).slice("/static/".length)}`, import.meta.url)));
