// @ts-check
// What is wrong with the sound of each source, in words; it remembers how long a source is silent.

import { LATE_S } from "../room/captions.js";

/** @import { Alarm, SourceStatus } from "../room/messages" */

/** @typedef {"done" | "todo" | "problem" | "optional"} StepState */

/** @typedef {{ state: StepState, sentence: string }} Finding */

/** A source quieter than this (dB of full scale) sends no sound that anybody would call speech. */
const SILENT_DB = -55;
/** Speech below this is too quiet to be understood well. */
const QUIET_DB = -42;
/** Speech is called too quiet after this time, because a loud voice begins quietly too. */
const QUIET_MS = 4000;
/** A new source that is silent for this long gets a hint. */
const WAIT_S = 5;
/** A source that was heard may be silent for this long: people pause. */
const PAUSE_S = 30;

/**
 * @typedef {object} Hearing
 * @property {number} soundMs When sound came last; when the source appeared, if none has.
 * @property {boolean} isHeard Whether sound has ever come.
 * @property {number | null} quietMs Since when speech is too quiet.
 */

export class SoundWatch {
  /** @type {Map<string, Hearing>} */
  hearings = new Map();

  /**
   * Note how loud the sources are now.
   * @param {readonly SourceStatus[]} sources
   * @param {number} nowMs
   */
  update(sources, nowMs) {
    const names = new Set(sources.map(({ name }) => name));
    for (const name of this.hearings.keys()) if (!names.has(name)) this.hearings.delete(name);
    for (const { name, status, level_dbfs: level, is_speech: isSpeech } of sources) {
      const hearing = this.hearings.get(name) ?? { soundMs: nowMs, isHeard: false, quietMs: null };
      this.hearings.set(name, hearing);
      const isLoud = status === "listening" && level > SILENT_DB;
      if (isLoud) hearing.soundMs = nowMs;
      hearing.isHeard ||= isLoud && isSpeech;
      if (!isSpeech || level > QUIET_DB) hearing.quietMs = null;
      else hearing.quietMs ??= nowMs;
    }
  }

  /**
   * Return what to say of a source.
   * @param {SourceStatus} source
   * @param {readonly Alarm[]} alarms
   * @param {number} nowMs
   * @param {string} who What the sentence calls the source: its name, or less where the name is above it.
   * @returns {Finding}
   */
  describe(source, alarms, nowMs, who = `“${source.name}”`) {
    const { name, status, message } = source;
    const said = message ? ` ${message}` : "";
    /** @type {(state: StepState, sentence: string) => Finding} */
    const found = (state, sentence) => ({ state, sentence: sentence[0].toUpperCase() + sentence.slice(1) });
    switch (status) {
      case "starting":
        return found("todo", `${who} is starting.${said}`);
      case "stopped":
        return found("todo", `${who} is stopped. Press Start to hear it again.`);
      case "ended":
        return found("todo", `${who} has ended.${said}`);
      case "failed":
        return found("problem", `${who} has failed.${said || " Check the device, then press Start."}`);
      case "retrying":
        return found("problem", message ? `${who} is gone.${said}` : `${who} is gone; trying again. Check its cable.`);
      case "waiting":
        return found("problem", `${who} sends nothing.${said || " Is its page still open and connected?"}`);
    }
    const alarm = alarms.find(({ subject, kind }) => subject === name && kind !== "output");
    if (source.is_dead) return found("problem", `${who} sends only silence. Look for a mute switch or a loose cable.`);
    if (source.is_clipping) return found("problem", `${who} is too loud and distorted. Turn the microphone down.`);
    if (alarm?.message) return found("problem", `${who}: ${alarm.message}`);
    const { state, sentence } = this.describeListening(source, nowMs, who);
    return found(state, sentence);
  }

  /**
   * @param {SourceStatus} source
   * @param {number} nowMs
   * @param {string} who
   * @returns {Finding}
   */
  describeListening({ name, behind_s: behindS }, nowMs, who) {
    const hearing = this.hearings.get(name);
    const silentS = hearing ? Math.floor((nowMs - hearing.soundMs) / 1000) : 0;
    if (hearing && hearing.quietMs !== null && nowMs - hearing.quietMs >= QUIET_MS) {
      return { state: "problem", sentence: `${who} is too quiet. Move the microphone closer, or turn it up.` };
    }
    if (silentS >= (hearing?.isHeard ? PAUSE_S : WAIT_S)) {
      const ask = "Speak into it. Is it muted, or is another microphone in use?";
      return { state: "todo", sentence: `No sound from ${who} for ${silentS} s. ${ask}` };
    }
    if (!hearing?.isHeard) {
      return { state: "todo", sentence: `${who} is connected. Say a few words: the bar should move.` };
    }
    if (behindS >= LATE_S) {
      const late = `subtitles are ${Math.round(behindS)} s behind, because the machine is busy`;
      return { state: "problem", sentence: `Sound arrives from ${who}, but ${late}.` };
    }
    return { state: "done", sentence: `Sound arrives from ${who}.` };
  }

  /**
   * Return what to say of all sources together: the worst of those that should be heard.
   * @param {readonly SourceStatus[]} sources
   * @param {readonly Alarm[]} alarms
   * @param {number} nowMs
   * @returns {Finding}
   */
  describeAll(sources, alarms, nowMs) {
    const findings = sources.map((source) => this.describe(source, alarms, nowMs));
    const problem = findings.find(({ state }) => state === "problem");
    const done = findings.find(({ state }) => state === "done");
    return (
      problem ??
      done ??
      findings[0] ?? {
        state: "todo",
        sentence: "Nobody sends sound yet. Speak from this browser, or connect a microphone.",
      }
    );
  }
}
