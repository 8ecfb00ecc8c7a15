import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "../page_words.js";

class FakeNode {
  attributes = {};
  children = [];

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  append(node) {
    this.children.push(node);
    node.remove = () => this.children.splice(this.children.indexOf(node), 1);
  }

  replaceChildren() {
    this.children = [];
  }

  get childElementCount() {
    return this.children.length;
  }

  get firstElementChild() {
    return this.children[0];
  }
}

const root = { style: { setProperty() {} }, dataset: {}, classList: { toggle() {}, remove() {} } };
const makeNode = () => ({
  textContent: "",
  prepend(...parts) {
    this.textContent = parts.map((part) => part.textContent ?? part).join("") + this.textContent;
  },
});
globalThis.document = { documentElement: root, createElement: makeNode, querySelectorAll: () => [] };
const { Announcer } = await import("../../../static/audience/announcer.js");
const { preferences } = await import("../../../static/audience/preferences.js");

let log;
let announcer;

beforeEach(() => {
  preferences.set({ isSpoken: true });
  log = new FakeNode();
  announcer = new Announcer(log);
});

const announce = (phrase, committed = "Good morning.", state = "final", speaker = null) =>
  announcer.announce({ phrase, committed, state, language: "en" }, speaker);
const texts = () => log.children.map(({ textContent }) => textContent);

test("a final phrase is announced once", () => {
  announce("1-0");
  announce("1-0", "Good morning, all.");
  assert.deepEqual(texts(), ["Good morning."]);
  assert.equal(log.attributes["aria-live"], "polite");
});

test("withdrawn and empty phrases are not announced", () => {
  announce("1-0", "No.", "withdrawn");
  announce("1-1", "");
  assert.deepEqual(texts(), []);
});

test("nothing is announced unless the reader asked for it", () => {
  announce("1-0");
  preferences.set({ isSpoken: false });
  announce("1-1");
  assert.deepEqual(texts(), []);
  assert.equal(log.attributes["aria-live"], "off");
});

test("only the newest lines are kept", () => {
  for (let i = 0; i < 30; i++) announce(`1-${i}`, String(i));
  assert.equal(texts().length, 20);
  assert.equal(texts()[0], "10");
});

test("a speaker is named where the speaker changes, and somebody without a name too", () => {
  for (const [i, speaker] of [null, "Ada", "Ada", null, null, "Grace"].entries())
    announce(`1-${i}`, `${i}.`, "final", speaker);
  assert.deepEqual(texts(), ["0.", "Ada: 1.", "2.", "Somebody: 3.", "4.", "Grace: 5."]);
});
