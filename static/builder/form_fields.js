// @ts-check
// The fields of the builder: the overlay's parameters in groups, and presets.

/**
 * @typedef {object} Field
 * @property {string} name The overlay's parameter.
 * @property {string} label
 * @property {[value: string, label: string][]} [choices] For a list; the first is the default.
 * @property {string} [example] For a text field.
 * @property {string} [hint]
 * @property {boolean} [isColor]
 */

/** @type {(name: string, label: string, ...choices: [value: string, label: string][]) => Field} */
const choice = (name, label, ...choices) => ({ name, label, choices });
/** @type {(name: string, label: string, example: string, hint: string) => Field} */
const text = (name, label, example, hint) => ({ name, label, example, hint });
/** @type {(name: string, label: string, example: string) => Field} */
const color = (name, label, example) => ({ name, label, example, hint: "Six digits, such as ffcc00.", isColor: true });

/** @type {{ legend: string, fields: Field[] }[]} */
export const GROUPS = [
  {
    legend: "Text",
    fields: [
      choice("lang", "Language", ["", "Translation if available"], ["original", "Original"]),
      choice("dual", "Two languages", ["", "No"], ["1", "Yes, with the original"]),
      choice(
        "mode",
        "Movement",
        ["", "Lines roll up"],
        ["block", "Sentence by sentence"],
        ["static", "Final text only"],
      ),
      choice("pending", "Words that may change", ["", "Grey"], ["on", "Same as final words"], ["off", "Not shown"]),
      choice("speakers", "Speakers", ["", "Not marked"], ["label", "Names"], ["color", "Colours and >>"]),
      choice("case", "Capitals", ["", "Normal"], ["upper", "All capitals"]),
      choice("dir", "Direction", ["", "By language"], ["ltr", "Left to right"], ["rtl", "Right to left"]),
      text("clear", "Clear after silence", "5", "Seconds, 0 to 600; 0 means never."),
      text("delay", "Delay", "0", "Seconds, 0 to 30, to match a delayed picture."),
    ],
  },
  {
    legend: "Layout",
    fields: [
      text("lines", "Lines", "2", "1 to 8."),
      text("maxchars", "Characters per line", "42", "Approximate, 10 to 120; a width overrides it."),
      text("width", "Width", "68", "Per cent, 10 to 100."),
      choice("align", "Alignment", ["", "Start"], ["center", "Middle"], ["right", "Right"]),
      choice("valign", "Position", ["", "Bottom"], ["middle", "Middle"], ["top", "Top"]),
      text("margin", "Margin", "5", "Per cent, 0 to 40."),
    ],
  },
  {
    legend: "Style",
    fields: [
      choice(
        "theme",
        "Theme",
        ["", "Dark"],
        ["light", "Light"],
        ["hc", "High contrast"],
        ["transparent", "Outlined, no box"],
      ),
      text("fontSize", "Text size", "4.6vh", "Such as 48px, or 5vh for 5 % of the height."),
      text("font", "Font", "system-ui", "It must be installed on the machine that shows the overlay."),
      text("weight", "Weight", "600", "100 to 900."),
      text("lineHeight", "Line height", "1.3", "0.8 to 3."),
      color("color", "Text colour", "ffffff"),
      color("bg", "Box colour", "000000"),
      text("bgOpacity", "Box opacity", "0.75", "0 to 1."),
      text("outline", "Outline", "0", "Pixels, 0 to 20."),
    ],
  },
  {
    legend: "More",
    fields: [
      choice("motion", "Animate lines", ["", "No"], ["on", "Yes"]),
      choice("late", "Show how late subtitles are", ["", "Yes"], ["0", "No"]),
      choice("debug", "Details for debugging", ["", "No"], ["1", "Yes"]),
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
