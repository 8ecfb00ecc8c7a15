import assert from "node:assert/strict";
import { test } from "node:test";
import { isValid, parse, readQuery, variables } from "../../../static/room/parameters.js";

test("short names are read as full ones, and what is unknown or invalid is left out", () => {
  assert.deepEqual(readQuery("?fs=48&fgc=fff&lines=99&nonsense=1&constructor=1"), { fontSize: "48", color: "fff" });
});

test("a setting that is not in the address has its default, which a page may change", () => {
  assert.deepEqual([parse("").lines, parse("", { lines: 3 }).lines, parse("?lines=4", { lines: 3 }).lines], [2, 3, 4]);
  assert.equal(parse("?lang=source").lang, "original");
});

test("values are checked one by one", () => {
  assert.ok(isValid("dual", "yes"));
  assert.ok(!isValid("dual", "2"));
  assert.ok(isValid("bgOpacity", ".5"));
  assert.ok(!isValid("bgOpacity", ""));
});

test("colours and sizes become CSS variables", () => {
  const found = variables(parse("?fontSize=48&color=fc0&bg=102030&bgOpacity=.5&align=left&case=upper"));
  assert.equal(found["--cap-size"], "48px");
  assert.equal(found["--cap-color"], "#fc0");
  assert.equal(found["--cap-pending"], "#ffcc00b0");
  assert.equal(found["--cap-background"], "rgba(16, 32, 48, 0.5)");
  assert.equal(found["--cap-align"], "start");
  assert.equal(found["--cap-case"], "uppercase");
});

test("a width overrides the number of letters per line", () => {
  assert.equal(variables(parse("?maxchars=20"))["--cap-width"], "calc(11.20em + 1.2em)");
  assert.equal(variables(parse("?maxchars=20&width=50"))["--cap-width"], "50%");
});
