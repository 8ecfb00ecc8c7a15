import assert from "node:assert/strict";
import { test } from "node:test";
import "../page_words.js";
import { isLocalNetwork, typedAddress } from "../../../static/room/invitation.js";
import { textsFor } from "../../../static/room/invitation_texts.js";

test("an address to type has no scheme that browsers add by themselves", () => {
  const typed = (address) => typedAddress({ address, code: "ABCDEF" })?.start;
  assert.equal(typed("http://192.168.1.20:8000"), "192.168.1.20:8000/c/");
  assert.equal(typed("https://subtitles.example.org"), "subtitles.example.org/c/");
  assert.equal(typed("https://subtitles.example.org:8443"), "https://subtitles.example.org:8443/c/");
  assert.equal(typedAddress({ address: "http://192.168.1.20", code: null }), null);
});

test("phones must join the Wi-Fi only for addresses of a local network", () => {
  const local = [
    "http://10.0.0.7:8000",
    "http://172.20.1.1",
    "http://[fd00::1]:8000",
    "http://hall.local",
    "http://hall",
  ];
  for (const address of local) assert.ok(isLocalNetwork(address), address);
  for (const address of ["https://subtitles.example.org", "http://172.40.1.1", "http://192.0.2.7:8000", null])
    assert.ok(!isLocalNetwork(address), String(address));
});

test("English and German are always there, and only languages that readers can choose are promised", () => {
  const said = (languages, tracks) =>
    textsFor({ languages, tracks }, 4).map(({ language, isOffered }) => `${language}${isOffered ? "+" : ""}`);
  assert.deepEqual(said(["de"], ["original", "en"]), ["de+", "en+"]);
  assert.deepEqual(said(["fr"], ["original"]), ["fr", "en", "de"]);
  assert.deepEqual(said(["fr", "it", "es", "xx"], ["original", "en"]), ["fr+", "it+", "en+", "de"]);
  assert.deepEqual(said([], ["original"]), ["en", "de"]);
});
