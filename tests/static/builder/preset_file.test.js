import assert from "node:assert/strict";
import { test } from "node:test";
import { installBrowser } from "../browser.js";

installBrowser({ path: "/builder/main" });
globalThis.location.href = "http://127.0.0.1:8000/builder/main";
const { NAME_MAX, lookOf, readFile, readLink, tidyName, writeFile } =
  await import("../../../static/builder/preset_file.js");

const PRESETS = [
  { name: "Main stage", query: "lines=3&fontSize=8vh" },
  { name: "Bühne رئيسي", query: "font=Noto+Sans&color=fc0" },
  { name: "Plain", query: "" },
];
const file = (presets) => JSON.stringify({ format: "surtitle overlay presets", version: 1, presets });

test("a file that was written reads back as it was", () => {
  assert.deepEqual(readFile(writeFile(PRESETS)), { presets: PRESETS, nLeftOut: 0 });
});

test("a file that is none gets a sentence with what was expected", () => {
  for (const [text, sentence] of [
    ["", /not JSON/],
    ["lines=3", /not JSON/],
    ["null", /something else/],
    ['{"name": "Surtitle"}', /something else/],
    [writeFile(PRESETS).replace('"version": 1', '"version": 2'), /Expected version 1 .* version 2/],
    [file([]), /at least one preset/],
    [file([null, 1, "x", [], { name: "a" }, { name: "b", settings: [] }, { settings: {} }]), /at least one preset/],
  ]) {
    assert.throws(() => readFile(text), sentence, text);
  }
});

test("invalid presets and settings are left out of a file", () => {
  const found = readFile(
    file([
      { name: "  Long \n name ".repeat(20), settings: { lines: 99, fontSize: "6vh", nonsense: 1, demo: 1 } },
      { name: "bad", settings: { lines: "99" } },
      { name: "twice", settings: { lines: 3 } },
      { name: "twice", settings: { lines: 4 } },
    ]),
  );
  assert.equal(found.presets.length, 2);
  assert.equal(found.presets[0].query, "fontSize=6vh");
  assert.equal(found.presets[0].name.length, NAME_MAX);
  assert.deepEqual(found.presets[1], { name: "twice", query: "lines=4" });
  assert.equal(found.nLeftOut, 2);
});

test("the link of an overlay, a stage or a builder gives its look, and what is no setting is listed", () => {
  const link = "https://elsewhere.example/overlay/hall?fs=60&mode=block&nonsense=1&lines=99&demo=1#secret";
  const { query, room, ignored } = readLink(link);
  assert.equal(query, "fontSize=60&mode=block");
  assert.equal(room, "hall");
  assert.deepEqual(ignored, ["nonsense=1", "lines=99"]);
  assert.equal(readLink("/builder/main?lines=3").query, "lines=3");
  assert.equal(readLink("http://h/stage/main").query, "");
});

test("other addresses are refused without their key in the sentence", () => {
  for (const text of ["https://example.org/else#secret", "words", "http://[", "/overlay/", "javascript:alert(1)"]) {
    assert.throws(
      () => readLink(text),
      (error) => /^Expected the link of an overlay/.test(error.message) && !error.message.includes("secret"),
      text,
    );
  }
});

test("the look leaves out what says nothing about it", () => {
  assert.equal(lookOf("demo=1&scale=2&lines=3&lines=x"), "lines=3");
  assert.equal(tidyName("  a \t b  "), "a b");
});
