// Which tracks are shown, one or two at once, and what they are called.

/** Return the name of a language in that language, the code itself if the browser knows none. */
export function nameOf(code) {
  try {
    const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
    return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
  } catch {
    return code;
  }
}

const base = (code) => code.toLowerCase().split("-")[0];

export class Languages {
  /** `onChange(tracks)` hears which tracks are to be shown; `preferences` remembers what the reader chose. */
  constructor(select, preferences, onChange) {
    Object.assign(this, {
      select,
      preferences,
      onChange,
      tracks: ["original"],
      spoken: [],
      isSettled: false,
      shown: "",
    });
    this.asked = new URLSearchParams(location.search).get("lang");
    select.addEventListener("change", () => {
      preferences.set({ language: select.value });
      this.asked = null;
      this.tell();
    });
    this.tell();
  }

  /** The tracks that the room has now. */
  offer(tracks) {
    if (tracks.join() === this.tracks.join()) return;
    this.tracks = tracks;
    this.list();
    this.tell();
  }

  /** A caption came: the name of the original follows what is spoken; what is shown is settled by the first words. */
  hear({ track, language }) {
    if (track !== "original" || this.spoken.includes(language)) return;
    this.spoken = [language, ...this.spoken].slice(0, 2);
    if (!this.isSettled) this.tell();
    this.isSettled = true;
    this.list();
  }

  /** What the reader asked for in the address or chose before, else the first of the browser's languages on offer. */
  get choice() {
    for (const wanted of [this.asked, this.preferences.language]) if (wanted && this.isOffered(wanted)) return wanted;
    if (this.isSettled) return this.isOffered(this.settled) ? this.settled : "original";
    for (const code of navigator.languages.map(base)) {
      if (this.tracks.includes(code)) return code;
      if (this.spoken.includes(code)) return "original";
    }
    return this.tracks.find((track) => track !== "original") ?? "original";
  }

  isOffered(wanted) {
    return wanted.split("+").every((track) => this.tracks.includes(track));
  }

  label(track) {
    if (track !== "original") return nameOf(track);
    return this.spoken.length ? `Original (${this.spoken.map(nameOf).join(", ")})` : "Original";
  }

  list() {
    const options = this.tracks.map((track) => [track, this.label(track), track === "original" ? "" : track]);
    const pairs = this.tracks
      .filter((track) => track !== "original")
      .map((track) => [`${track}+original`, `${nameOf(track)} + Original`, ""]);
    const make = ([value, text, lang]) =>
      Object.assign(document.createElement("option"), { value, textContent: text, lang });
    const group = document.createElement("optgroup");
    group.label = "Two at once";
    group.append(...pairs.map(make));
    this.select.replaceChildren(...options.map(make), ...(pairs.length ? [group] : []));
    this.select.hidden = this.tracks.length < 2;
    this.select.value = this.shown;
  }

  tell() {
    const { choice } = this;
    if (!this.isSettled) this.settled = choice;
    this.select.value = choice;
    if (choice === this.shown) return;
    this.shown = choice;
    this.onChange(choice.split("+"));
  }
}
