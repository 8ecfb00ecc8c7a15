// @ts-check
// The fields of the builder: the overlay's parameters, the usual ones first, and designs to start from.

/**
 * @typedef {object} Slider
 * @property {number} low
 * @property {number} high
 * @property {number} step
 * @property {string} [unit] Written behind the number, such as vh.
 */

/**
 * @typedef {object} Field
 * @property {string} name The overlay's parameter.
 * @property {string} label
 * @property {[value: string, label: string][]} [choices] For a list; the first is the default.
 * @property {string} [example] For a text field: the default.
 * @property {string} [hint]
 * @property {boolean} [isColor]
 * @property {Slider} [slider]
 * @property {string[]} [offers] Values that a text field proposes.
 */

/** @type {(name: string, label: string, ...choices: [value: string, label: string][]) => Field} */
const choice = (name, label, ...choices) => ({ name, label, choices });
/** @type {(name: string, label: string, example: string, hint: string, slider?: Slider) => Field} */
const text = (name, label, example, hint, slider) => ({ name, label, example, hint, ...(slider && { slider }) });
/** @type {(name: string, label: string, example: string) => Field} */
const color = (name, label, example) => ({ name, label, example, hint: "Six digits, such as ffcc00.", isColor: true });

/** What most people change. @type {Field[]} */
export const USUAL = [
  text("fontSize", "Text size", "4.6vh", "5vh is 5 % of the picture's height; 48px works too.", {
    low: 2,
    high: 12,
    step: 0.1,
    unit: "vh",
  }),
  text("lines", "Lines", "2", "1 to 8.", { low: 1, high: 8, step: 1 }),
  choice("valign", "Position", ["", "Bottom"], ["middle", "Middle"], ["top", "Top"]),
  choice(
    "theme",
    "Colours",
    ["", "White on a dark box"],
    ["light", "Black on a light box"],
    ["hc", "Yellow on black, high contrast"],
    ["transparent", "White with an outline, no box"],
  ),
  choice("lang", "Language", ["", "Translation if there is one"], ["original", "Original"]),
  {
    name: "font",
    label: "Font",
    example: "system-ui",
    hint: "It must be installed on the machine that shows the overlay.",
    offers: ["Arial", "Verdana", "Segoe UI", "Helvetica Neue", "Roboto", "Noto Sans", "DejaVu Sans", "Georgia"],
  },
];

/** Everything else. @type {{ legend: string, fields: Field[] }[]} */
export const GROUPS = [
  {
    legend: "Words",
    fields: [
      choice("dual", "Two languages at once", ["", "No"], ["1", "Yes, with the original below"]),
      choice(
        "mode",
        "New text",
        ["", "Lines roll up"],
        ["block", "One sentence at a time"],
        ["static", "Finished sentences only, nothing moves"],
      ),
      choice(
        "pending",
        "Words that may still change",
        ["", "Grey"],
        ["on", "Same colour as the others"],
        ["off", "Not shown"],
      ),
      choice("preview", "Translations that may still change", ["", "Not shown"], ["1", "Shown while somebody speaks"]),
      choice(
        "speakers",
        "When the speaker changes",
        ["", "No mark"],
        ["label", "Show the name"],
        ["color", ">> and a colour"],
      ),
      choice("case", "Capital letters", ["", "As written"], ["upper", "ALL CAPITALS"]),
      choice(
        "dir",
        "Reading direction",
        ["", "As the language needs"],
        ["ltr", "Left to right"],
        ["rtl", "Right to left"],
      ),
      text("clear", "Hide text after silence", "5", "Seconds, 0 to 600; 0 keeps it on the screen."),
      text("delay", "Show text later", "0", "Seconds, 0 to 30, if your picture is delayed."),
    ],
  },
  {
    legend: "Box and place",
    fields: [
      text("width", "Width of the box", "68", "Per cent of the picture, 10 to 100.", { low: 10, high: 100, step: 1 }),
      text("maxchars", "Letters per line", "42", "About 10 to 120; used if no width is set."),
      text("margin", "Distance from the edge", "5", "Per cent, 0 to 40; 5 is a safe area.", {
        low: 0,
        high: 40,
        step: 1,
      }),
      choice("align", "Text alignment", ["", "Left"], ["center", "Centre"], ["right", "Right"]),
      text("bgOpacity", "Box opacity", "0.75", "0 is invisible, 1 is solid.", { low: 0, high: 1, step: 0.05 }),
      color("bg", "Box colour", "000000"),
    ],
  },
  {
    legend: "Letters",
    fields: [
      color("color", "Text colour", "ffffff"),
      text("weight", "Boldness", "600", "100 to 900; 400 is normal, 700 is bold.", { low: 100, high: 900, step: 100 }),
      text("lineHeight", "Line spacing", "1.3", "0.8 to 3 times the text size.", { low: 0.8, high: 3, step: 0.05 }),
      text("outline", "Outline around letters", "0", "Pixels, 0 to 20.", { low: 0, high: 20, step: 1 }),
    ],
  },
  {
    legend: "Other",
    fields: [
      choice("motion", "Lines that roll up", ["", "Jump"], ["on", "Glide"]),
      choice("late", "Note when subtitles are late", ["", "Shown"], ["0", "Not shown"]),
      choice("debug", "Technical details in a corner", ["", "Not shown"], ["1", "Shown"]),
    ],
  },
];

/** @type {[label: string, query: string][]} */
export const PRESETS = [
  ["Lower third", ""],
  ["Big hall", "lines=3&fontSize=8vh&width=92&valign=middle&bgOpacity=0.9"],
  ["Zoom camera", "maxchars=34&fontSize=6.5vh&bgOpacity=0.85&margin=3"],
  ["High contrast", "theme=hc&fontSize=6vh&width=84"],
  ["Two languages", "dual=1&fontSize=4.2vh&width=80"],
];
