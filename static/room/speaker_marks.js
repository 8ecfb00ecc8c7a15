// @ts-check
// Shows who speaks: a name, or a mark and a colour, where the speaker changes.

const COLORS = 4;
const VOICES_MAX = 400;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufefc]/;
const NAME_MAX = 28; // characters; a longer name would take the line of its words

export class SpeakerMarks {
  /** @type {Map<string, number>} The colour of each speaker. */
  voices = new Map();
  /** @type {string | undefined} Who spoke the words that were removed last. */
  last = undefined;

  /** @param {string} style "off", "label" or "color". */
  constructor(style) {
    this.style = style;
  }

  forget() {
    this.voices.clear();
    this.last = undefined;
  }

  /**
   * Remember who spoke last before the lines are removed.
   * @param {HTMLElement | null} line The last line with words.
   */
  remember(line) {
    this.last = line?.dataset.speaker ?? this.last;
  }

  /**
   * Give a word the colour of its speaker.
   * @param {HTMLElement} span
   * @param {string | null} speaker
   */
  paint(span, speaker) {
    if (this.style !== "color" || !speaker) return;
    if (this.voices.size > VOICES_MAX) this.voices.clear(); // those who have not spoken for a long time
    const voice = this.voices.get(speaker) ?? (this.voices.size % COLORS) + 1;
    this.voices.set(speaker, voice);
    span.classList.add(`speaker-${voice}`);
  }

  /**
   * Whether the words on a line belong to another speaker.
   * @param {HTMLElement} line
   * @param {string | null} speaker
   */
  isOfAnother(line, speaker) {
    return this.style !== "off" && line.dataset.speaker !== (speaker ?? "");
  }

  /**
   * Give a line to a speaker, and return the mark with which it begins, "" for none.
   * @param {HTMLElement} line
   * @param {HTMLElement | null} above The line with words above it.
   * @param {string} speaker
   */
  begin(line, above, speaker) {
    if (this.style === "off") return "";
    const before = above ? above.dataset.speaker : this.style === "color" ? this.last : undefined;
    line.dataset.speaker = speaker;
    const isMarked = before === undefined ? speaker : speaker !== before;
    if (!isMarked) return "";
    return this.style === "label" && speaker ? `${isolate(shorten(speaker), line)}: ` : ">> ";
  }
}

/** @param {string} name */
function shorten(name) {
  const letters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  return letters.length > NAME_MAX
    ? `${letters
        .slice(0, NAME_MAX - 1)
        .join("")
        .trimEnd()}…`
    : name;
}

/**
 * Return a name so that its direction does not move the colon after it.
 * @param {string} name
 * @param {HTMLElement} line
 */
const isolate = (name, line) => (RIGHT_TO_LEFT.test(name) !== (line.dir === "rtl") ? `\u2068${name}\u2069` : name);
