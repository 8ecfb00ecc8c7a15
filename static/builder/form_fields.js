// What the builder offers: the overlay's parameters in groups, and ready-made looks.

/** Every field: the parameter, what people call it, and either its choices or an example with a hint. */
export const GROUPS = [
  [
    "Text",
    [
      {
        name: "lang",
        label: "Language",
        choices: [
          ["", "Translation, else original"],
          ["original", "Original"],
        ],
      },
      {
        name: "dual",
        label: "Two languages",
        choices: [
          ["", "No"],
          ["1", "Yes, the original too"],
        ],
      },
      {
        name: "mode",
        label: "Way of moving",
        choices: [
          ["", "Lines roll up"],
          ["block", "Sentence by sentence"],
          ["static", "Only final text, still"],
        ],
      },
      {
        name: "pending",
        label: "Words that may change",
        choices: [
          ["", "Grey"],
          ["on", "Like solid ones"],
          ["off", "Not shown"],
        ],
      },
      {
        name: "speakers",
        label: "Speakers",
        choices: [
          ["", "Not marked"],
          ["label", "Names"],
          ["color", "Colours and >>"],
        ],
      },
      {
        name: "case",
        label: "Letters",
        choices: [
          ["", "As spoken"],
          ["upper", "Capitals"],
        ],
      },
      {
        name: "dir",
        label: "Direction",
        choices: [
          ["", "By language"],
          ["ltr", "Left to right"],
          ["rtl", "Right to left"],
        ],
      },
      { name: "clear", label: "Empty after silence", example: "5", hint: "Seconds, 0 to 600; 0 is never." },
      { name: "delay", label: "Delay", example: "0", hint: "Seconds, 0 to 30, for a picture that is late." },
    ],
  ],
  [
    "Place",
    [
      { name: "lines", label: "Lines", example: "2", hint: "1 to 8." },
      {
        name: "maxchars",
        label: "Letters in a line",
        example: "42",
        hint: "About; 10 to 120. The width goes before it.",
      },
      { name: "width", label: "Width", example: "68", hint: "Per cent, 10 to 100." },
      {
        name: "align",
        label: "Text begins",
        choices: [
          ["", "At the side"],
          ["center", "In the middle"],
          ["right", "At the right"],
        ],
      },
      {
        name: "valign",
        label: "Height",
        choices: [
          ["", "At the bottom"],
          ["middle", "In the middle"],
          ["top", "At the top"],
        ],
      },
      { name: "margin", label: "Margin", example: "5", hint: "Per cent, 0 to 40." },
    ],
  ],
  [
    "Look",
    [
      {
        name: "theme",
        label: "Theme",
        choices: [
          ["", "Dark"],
          ["light", "Light"],
          ["hc", "High contrast"],
          ["transparent", "Outlined, no box"],
        ],
      },
      { name: "fontSize", label: "Letter size", example: "4.6vh", hint: "As 48px, or 5vh of the height." },
      { name: "font", label: "Font", example: "system-ui", hint: "One that the screen's machine has." },
      { name: "weight", label: "Weight", example: "600", hint: "100 to 900." },
      { name: "lineHeight", label: "Line height", example: "1.3", hint: "0.8 to 3." },
      { name: "color", label: "Text colour", example: "ffffff", isColor: true },
      { name: "bg", label: "Box colour", example: "000000", isColor: true },
      { name: "bgOpacity", label: "Box opacity", example: "0.75", hint: "0 to 1." },
      { name: "outline", label: "Outline", example: "0", hint: "Pixels, 0 to 20." },
    ],
  ],
  [
    "More",
    [
      {
        name: "motion",
        label: "Lines glide",
        choices: [
          ["", "No"],
          ["on", "Yes, shortly"],
        ],
      },
      {
        name: "late",
        label: "Say when late",
        choices: [
          ["", "Yes"],
          ["0", "No"],
        ],
      },
      {
        name: "debug",
        label: "Details for faults",
        choices: [
          ["", "No"],
          ["1", "Yes"],
        ],
      },
    ],
  ],
];

export const PRESETS = [
  ["Lower third", ""],
  ["Big hall", "lines=3&fontSize=8vh&width=92&valign=middle&bgOpacity=0.9"],
  ["Zoom camera", "maxchars=34&fontSize=6.5vh&bgOpacity=0.85&margin=3"],
  ["High contrast", "theme=hc&fontSize=6vh&width=84"],
  ["Two languages", "dual=1&fontSize=4.2vh&width=80"],
];
