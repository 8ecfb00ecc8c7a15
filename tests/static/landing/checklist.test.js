import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSteps, shortAddress, summarize } from "../../../static/landing/checklist.js";

const HEARD = { state: "done", sentence: "Sound arrives." };
const QUIET = { state: "todo", sentence: "Nobody sends sound yet." };
const showing = { is_hidden: false, is_paused: false, notice: "", offers_transcript: false };
const output = (kind, status, message = "") => ({ id: kind, kind, track: null, health: { status, message } });

/** Return a room that is ready, changed by these fields. */
function room({ state, ...fields } = {}) {
  const status = {
    model: "small",
    sources: [],
    outputs: [],
    alarms: [],
    problems: [],
    n_readers: 3,
    showing,
    ...state,
  };
  const address = "https://192.0.2.7:8000";
  const rest = {
    name: "main",
    title: "",
    languages: ["de"],
    task: "translate",
    targets: [],
    is_open: true,
    is_public: true,
  };
  return { ...rest, code: "GWVAJK", address, ...fields, state: status };
}

/** Return one step of a room. */
const step = (id, fields, sound = HEARD, isShared = false) =>
  describeSteps(room(fields), sound, isShared).find((one) => one.id === id);

test("a room in which nothing is left is ready", () => {
  const steps = describeSteps(room(), HEARD, false);
  assert.deepEqual(
    steps.map(({ id, state }) => [id, state]),
    [
      ["sound", "done"],
      ["language", "done"],
      ["reading", "done"],
      ["meeting", "optional"],
      ["start", "done"],
    ],
  );
  assert.equal(steps[2].sentence, "Everybody can read at 192.0.2.7:8000/c/GWVAJK (3 readers now)");
  assert.equal(summarize(steps), "Everything is ready");
});

test("steps that are left are counted and named", () => {
  const steps = describeSteps(room({ address: null }), QUIET, false);
  assert.match(steps[4].sentence, /^2 steps left: sound and where people read\.$/);
  assert.equal(summarize(steps), "2 steps left");
  assert.equal(summarize(describeSteps(room(), QUIET, false)), "1 step left");
  assert.equal(
    summarize(describeSteps(room({ state: { showing: { ...showing, is_hidden: true } } }), HEARD, false)),
    "Nearly ready",
  );
});

test("the language step warns of the demo model, and says what people can read", () => {
  assert.match(step("language", { state: { model: "demo" } }).sentence, /demo model knows only a few hundred words/);
  assert.match(step("language", { languages: [] }).sentence, /^Every language is recognised/);
  assert.equal(
    step("language", { languages: ["de", "en"] }).sentence,
    "German and English are spoken. People can also read it in English.",
  );
  assert.match(step("language", { languages: ["en"] }).sentence, /nothing to translate/);
  assert.match(step("language", { task: "transcribe" }).sentence, /Nothing is translated/);
});

test("readers need an address, an open room, and a link", () => {
  assert.match(step("reading", { address: null }).sentence, /^Only this computer can open the room/);
  assert.match(step("reading", { is_open: false }).sentence, /closed/);
  const nobody = { is_public: false, code: null, state: { n_readers: 0 } };
  assert.equal(step("reading", nobody).state, "todo");
  assert.equal(step("reading", nobody, HEARD, true).state, "done");
  assert.match(step("reading", { is_public: false }).sentence, /their link \(3 readers now\)\.$/);
  assert.equal(shortAddress("http://host.local:8000", "ABCDEF"), "host.local:8000/c/ABCDEF");
});

test("meetings are optional, but one that fails is a problem", () => {
  const outputs = [output("file", "failed"), output("zoom", "working"), output("obs", "working")];
  assert.equal(step("meeting", { state: { outputs } }).sentence, "Zoom and OBS Studio get the subtitles.");
  outputs.push(output("teams", "retrying", "Copy the link again."));
  assert.equal(step("meeting", { state: { outputs } }).sentence, "Microsoft Teams: Copy the link again.");
});

test("a pause and hidden screens are said", () => {
  assert.match(step("sound", { state: { showing: { ...showing, is_paused: true } } }).sentence, /paused/);
  assert.match(step("start", { state: { showing: { ...showing, is_hidden: true } } }).sentence, /Screens are hidden/);
});
