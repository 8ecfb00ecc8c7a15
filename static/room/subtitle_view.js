// @ts-check
// The subtitles of one or two tracks in their boxes, for the overlay and the stage.

import { adaptCaption } from "./adapted_caption.js";
import { fitText } from "./fit_text.js";
import { Lines } from "./lines.js";

/** @import { DisplayedCaption, Showing } from "./messages" */
/** @import { Settings } from "./parameters.js" */
/** @import { StaticLines } from "./static_lines.js" */

/**
 * @typedef {object} TrackView
 * @property {HTMLElement} box
 * @property {HTMLElement} [measure]
 * @property {Lines | StaticLines} lines
 * @property {number} [shownMs] When it got its newest words, on the page's clock.
 */

const NOTICE = { least: 0.3, most: 0.5 }; // of the height; a message covers subtitles that leave less than the least
const STALE_MS = 6000; // after which a box empties whose track only repeats the other one
const RECENT = 4; // phrases of a track that are shown again after a change of language

export class SubtitleView {
  /** Tracks of the room. */
  tracks = ["original"];
  /** @type {Map<string, TrackView>} */
  views = new Map();
  /** @type {Map<string, DisplayedCaption>} Recent captions by track and phrase. */
  recent = new Map();
  isHidden = false;
  /** @type {(label: string | null) => string | null} Returns the name of a speaker, null for none. */
  nameOf = (label) => label;
  /** @type {number | undefined} */
  timer;

  /**
   * Use `create`, which loads what the settings need.
   * @param {HTMLElement} place The element for the boxes.
   * @param {HTMLElement} notice The element for the operator's message.
   * @param {Settings} settings
   * @param {typeof StaticLines | null} staticLines
   */
  constructor(place, notice, settings, staticLines) {
    this.place = place;
    this.notice = notice;
    this.settings = settings;
    this.staticLines = staticLines;
    this.arrange();
  }

  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} notice
   * @param {Settings} settings
   */
  static async create(place, notice, settings) {
    const module = settings.mode === "static" ? await import("./static_lines.js") : null;
    return new SubtitleView(place, notice, settings, module && module.StaticLines);
  }

  /** The tracks to show: the requested one, otherwise the translation if there is one; in dual mode with the original. */
  get wanted() {
    const { lang, dual } = this.settings;
    const translated = this.tracks.find((track) => track !== "original");
    const [asked, other] = lang.split(",");
    const first = asked === "auto" ? (translated ?? "original") : asked;
    if (other) return [first, other];
    const second = first === "original" ? translated : "original";
    return dual && second ? [first, second] : [first];
  }

  /** Make the boxes that are wanted now; boxes that remain keep their text. */
  arrange() {
    const names = this.wanted;
    if (names.join() === [...this.views.keys()].join()) return;
    for (const { box, measure, lines } of this.views.values()) {
      lines.clear();
      box.remove();
      measure?.remove();
    }
    this.views = new Map(names.map((name, i) => [name, this.makeView(name, i > 0)]));
    for (const caption of this.recent.values()) this.put(caption, true);
  }

  /**
   * @param {string} track
   * @param {boolean} isSecond
   * @returns {TrackView}
   */
  makeView(track, isSecond) {
    const { lines: count, mode, pending, speakers, dir, motion } = this.settings;
    const box = this.addBox("caption-box empty", isSecond);
    box.dataset.track = track;
    const onRoll = () => this.clearAfterSilence();
    const options = { count, mode, pending, speakers, dir, hasMotion: motion === "on", onRoll };
    if (!this.staticLines) return { box, lines: new Lines(box, options) };
    const measure = this.addBox("caption-measure", isSecond);
    const lines = new this.staticLines(box, measure, options, () => {
      box.classList.toggle("empty", lines.isEmpty);
      this.clearAfterSilence();
    });
    return { box, measure, lines };
  }

  /**
   * @param {string} className
   * @param {boolean} isSecond
   */
  addBox(className, isSecond) {
    const { outline, theme } = this.settings;
    const box = document.createElement("div");
    box.className = `${className}${isSecond ? " second" : ""}`;
    box.classList.toggle("outlined", outline !== undefined || theme === "transparent");
    this.place.append(box);
    return box;
  }

  /**
   * Show a caption, or only remember it while the operator hides the subtitles.
   * @param {DisplayedCaption} received
   * @param {boolean} [isNews]
   * @param {boolean} [wasHidden] Whether subtitles were hidden when the caption arrived.
   */
  show(received, isNews = true, wasHidden = false) {
    const caption = adaptCaption(received, this.settings.preview);
    if (!caption) return;
    if (wasHidden || this.isHidden) {
      this.views.get(caption.track)?.lines.skip(caption);
      return;
    }
    this.remember(caption, isNews);
    this.put(caption, isNews);
    this.clearAfterSilence();
  }

  /**
   * @param {DisplayedCaption} caption
   * @param {boolean} isNews
   */
  put(caption, isNews) {
    const view = this.views.get(caption.track);
    if (!view) return;
    if (this.isRepeated(caption)) {
      if (!view.lines.isBusy && performance.now() - (view.shownMs ?? 0) > STALE_MS) view.lines.clear();
    } else {
      view.lines.show({ ...caption, speaker: this.nameOf(caption.speaker) }, isNews);
      view.shownMs = performance.now();
    }
    view.box.classList.toggle("empty", view.lines.isEmpty);
  }

  /**
   * Whether a caption of the second box has the words of the first: the speech is in the language of the translation.
   * @param {DisplayedCaption} caption
   */
  isRepeated({ track, phrase, language }) {
    const [first, second] = this.views.keys();
    if (track !== second) return false;
    return language === (this.recent.get(`${first} ${phrase}`)?.language ?? first);
  }

  /**
   * @param {DisplayedCaption} caption
   * @param {boolean} isNews
   */
  remember(caption, isNews) {
    const id = `${caption.track} ${caption.phrase}`;
    if (!isNews && !this.recent.has(id)) return;
    this.recent.set(id, caption);
    const same = [...this.recent.keys()].filter((one) => one.startsWith(`${caption.track} `));
    same.slice(0, -RECENT).forEach((one) => this.recent.delete(one));
  }

  /** Clear the boxes after the time of silence in the settings. */
  clearAfterSilence() {
    clearTimeout(this.timer);
    if (this.settings.clear) this.timer = setTimeout(() => this.clear(), this.settings.clear * 1000);
  }

  /** Write the names of speakers again, because they have changed. */
  rename() {
    for (const caption of this.recent.values()) this.put(caption, false);
  }

  clear() {
    const isBusy = [...this.views.values()].some(({ lines }) => "isBusy" in lines && lines.isBusy);
    if (isBusy) this.clearAfterSilence();
    else this.empty("clear");
  }

  forget() {
    this.empty("forget");
  }

  /** @param {"clear" | "forget"} how */
  empty(how) {
    this.recent.clear();
    for (const { box, lines } of this.views.values()) {
      lines[how]();
      box.classList.add("empty");
    }
  }

  /** Lay everything out again, for example after a change of size. */
  relayout() {
    for (const { lines } of this.views.values()) lines.relayout();
    this.fitNotice();
  }

  /** Make the operator's message as large as fits; where it is among the boxes, in the room that they leave. */
  fitNotice() {
    const { notice, place } = this;
    if (notice.hidden) return;
    if (notice.parentElement === place) {
      const boxes = [...this.views.values()].map(({ box }) => box.getBoundingClientRect().height);
      const gap = parseFloat(getComputedStyle(place).rowGap) || 0;
      const free = place.clientHeight - boxes.reduce((sum, height) => sum + height + gap, 0);
      const room = this.settings.valign === "middle" ? free / 2 : free;
      const [least, most] = [NOTICE.least * place.clientHeight, NOTICE.most * place.clientHeight];
      notice.classList.toggle("over", room < least);
      notice.style.maxHeight = `${Math.min(most, Math.max(room, least))}px`;
    }
    fitText(notice);
  }

  /**
   * Apply the state of the room: its tracks, whether subtitles are hidden, and the operator's message.
   * @param {{ tracks: string[], showing: Pick<Showing, "is_hidden" | "notice"> }} state
   */
  follow({ tracks, showing }) {
    this.tracks = tracks;
    if (showing.is_hidden && !this.isHidden) this.empty("clear");
    this.isHidden = showing.is_hidden;
    this.notice.textContent = this.isHidden ? "" : showing.notice;
    this.notice.hidden = !this.notice.textContent;
    this.arrange();
    this.fitNotice();
  }
}
