import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CorrectionHistory, merge } from "../../../static/console/correction_history.js";

let sent;
let history;

beforeEach(() => {
  sent = [];
  const rest = { send: async (method, path, body) => sent.push([method, path, body.track, body.text]) };
  history = new CorrectionHistory(rest);
});

/** Return the texts of one phrase by track. */
function makeTexts(committed, state = "final") {
  const siblings = new Map();
  for (const [track, text] of Object.entries(committed)) {
    const isWithdrawn = state === "withdrawn";
    siblings.set(track, {
      track,
      siblings,
      caption: { phrase: "1-0", state },
      isOpen: state === "open",
      committed: isWithdrawn ? "" : text,
      before: isWithdrawn ? text : "",
      wait(base, typed) {
        this.waiting = { base, typed };
      },
    });
  }
  return siblings;
}

test("a correction replaces what it began with and keeps what was said since", () => {
  assert.equal(merge("Gutn", "Guten ", "Gutn Morgen."), "Guten Morgen.");
  assert.equal(merge("Gutn", "Guten", "Guten Tag."), null);
});

test("a correction is sent and can be undone", async () => {
  const text = makeTexts({ original: "Gutn Morgen." }).get("original");
  assert.equal(await history.correct(text, "Gutn Morgen.", "Guten Morgen."), "Corrected on every page.");
  await history.undo();
  assert.deepEqual(sent, [
    ["PATCH", "/phrases/1-0", "original", "Guten Morgen."],
    ["PATCH", "/phrases/1-0", "original", "Gutn Morgen."],
  ]);
  assert.equal(await history.undo(), "There is nothing to undo.");
});

test("a correction of an open phrase waits for its end", async () => {
  const text = makeTexts({ original: "Gutn" }, "open").get("original");
  await history.correct(text, "Gutn", "Guten");
  assert.deepEqual(text.waiting, { base: "Gutn", typed: "Guten" });
  assert.deepEqual(sent, []);
});

test("an empty correction withdraws the text", async () => {
  const text = makeTexts({ original: "Hm." }).get("original");
  assert.equal(await history.correct(text, "Hm.", " "), "Withdrawn on every page. Z undoes it.");
  assert.deepEqual(sent, [["PATCH", "/phrases/1-0", "original", null]]);
});

test("with the original its translations are withdrawn, and restored by one undo", async () => {
  const texts = makeTexts({ original: "Guten Tag.", en: "Good day." });
  await history.withdraw(texts.get("original"));
  await history.undo();
  assert.deepEqual(sent, [
    ["PATCH", "/phrases/1-0", "original", null],
    ["PATCH", "/phrases/1-0", "original", "Guten Tag."],
    ["PATCH", "/phrases/1-0", "en", "Good day."],
  ]);
});

test("a withdrawn text is restored on every track that was withdrawn with it", async () => {
  const texts = makeTexts({ original: "Guten Tag.", en: "Good day." }, "withdrawn");
  await history.restore(texts.get("en"));
  assert.deepEqual(sent, [["PATCH", "/phrases/1-0", "en", "Good day."]]);
});
