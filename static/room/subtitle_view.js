// The subtitles of one or two tracks in their boxes, as an overlay and a stage show them.

import { Lines } from "./lines.js";

const HELD = 4; // phrases of a track that a change of language shows again

export class Screen {
  /**
   * `place` is the element for the boxes, `notice` the one for the operator's message, `settings` what the address says.
   * `make` does it all.
   */
  constructor(place, notice, settings, Still = null) {
    Object.assign(this, {
      place,
      notice,
      settings,
      Still,
      tracks: ["original"],
      views: new Map(),
      held: new Map(),
      isHidden: false,
    });
    this.arrange();
  }

  /** Make one, and fetch what few screens need. */
  static async make(place, notice, settings) {
    const { Still } = settings.mode === "static" ? await import("./static_lines.js") : {};
    return new Screen(place, notice, settings, Still);
  }

  /** The tracks to show: the one asked for, else the translation where there is one, and the original beside it in dual. */
  get wanted() {
    const { lang, dual } = this.settings;
    const translated = this.tracks.find((track) => track !== "original");
    const first = lang === "auto" ? (translated ?? "original") : lang;
    const second = first === "original" ? translated : "original";
    return dual && second ? [first, second] : [first];
  }

  /** Make the boxes that are wanted now; boxes that stay as they are keep their text. */
  arrange() {
    const names = this.wanted;
    if (names.join() === [...this.views.keys()].join()) return;
    for (const { box, measure, lines } of this.views.values()) {
      lines.clear();
      box.remove();
      measure?.remove();
    }
    this.views = new Map(names.map((name, i) => [name, this.view(name, i)]));
    for (const { caption } of this.held.values()) this.put(caption, true);
  }

  view(name, place) {
    const { lines: count, mode, pending, speakers, dir, motion, outline, theme } = this.settings;
    const add = (className) => {
      const box = document.createElement("div");
      box.className = `${className}${place ? " second" : ""}`;
      box.classList.toggle("outlined", outline !== undefined || theme === "transparent");
      this.place.append(box);
      return box;
    };
    const box = add("caption-box empty");
    box.dataset.track = name;
    const options = { count, mode, pending, speakers, dir, hasMotion: motion === "on" };
    if (!this.Still) return { box, lines: new Lines(box, options) };
    const measure = add("caption-measure");
    const lines = new this.Still(box, measure, options, () => {
      box.classList.toggle("empty", lines.isEmpty);
      this.wait();
    });
    return { box, measure, lines };
  }

  /** Show a caption, or take note of it only while the operator hides the screen. */
  show(caption, isNews = true, isSkipped = false) {
    const isSeen = !isSkipped && !this.isHidden;
    if (isSeen) {
      this.hold(caption, isNews);
      this.put(caption, isNews);
      this.wait();
    } else {
      this.views.get(caption.track)?.lines.skip(caption);
    }
  }

  put(caption, isNews) {
    const view = this.views.get(caption.track);
    view?.lines.show(caption, isNews);
    view?.box.classList.toggle("empty", view.lines.isEmpty);
  }

  hold(caption, isNews) {
    const id = `${caption.track} ${caption.phrase}`;
    if (!isNews && !this.held.has(id)) return;
    this.held.set(id, { caption });
    const same = [...this.held.keys()].filter((one) => one.startsWith(`${caption.track} `));
    same.slice(0, -HELD).forEach((one) => this.held.delete(one));
  }

  /** After a while of silence the screen is emptied. */
  wait() {
    clearTimeout(this.quiet);
    if (this.settings.clear) this.quiet = setTimeout(() => this.clear(), this.settings.clear * 1000);
  }

  clear() {
    if ([...this.views.values()].some(({ lines }) => lines.isBusy)) {
      this.wait();
      return;
    }
    this.blank("clear");
  }

  forget() {
    this.blank("forget");
  }

  blank(how) {
    this.held.clear();
    for (const { box, lines } of this.views.values()) {
      lines[how]();
      box.classList.add("empty");
    }
  }

  /** Lay everything out anew, as after a change of size. */
  relayout() {
    for (const { lines } of this.views.values()) lines.relayout();
  }

  /** Follow what the room says of itself: its tracks, whether it is hidden, and its operator's message. */
  follow({ tracks, showing }) {
    this.tracks = tracks;
    if (showing.is_hidden && !this.isHidden) this.blank("clear");
    this.isHidden = showing.is_hidden;
    this.notice.textContent = this.isHidden ? "" : showing.notice;
    this.notice.hidden = !this.notice.textContent;
    this.arrange();
  }
}
