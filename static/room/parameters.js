// @ts-check
// The parameters in the address of an overlay or a stage. Unknown names and invalid values are ignored.

/** @typedef {(text: string) => string | number | boolean | undefined} Check Returns the value of a text, if it is valid. */

/**
 * @typedef {object} Settings The parameters of an address; obs/README.md explains each parameter.
 * @property {string} lang
 * @property {boolean} dual
 * @property {number} lines
 * @property {number} [maxchars]
 * @property {string} [fontSize]
 * @property {string} [font]
 * @property {number} [weight]
 * @property {number} [lineHeight]
 * @property {string} [color]
 * @property {string} [bg]
 * @property {number} [bgOpacity]
 * @property {number} [outline]
 * @property {string} align
 * @property {string} valign
 * @property {number} [margin]
 * @property {number} [width]
 * @property {string} mode
 * @property {string} pending
 * @property {boolean} preview Whether the grey words of translations are shown.
 * @property {number} clear
 * @property {number} delay
 * @property {string} speakers
 * @property {string} case
 * @property {string} dir
 * @property {string} motion
 * @property {boolean} late
 * @property {"dark" | "light" | "hc" | "transparent"} theme
 * @property {boolean} demo
 * @property {boolean} debug
 * @property {number} scale
 */

/** @type {Record<string, string>} Short names, and the names of other programs. */
const ALIASES = { fs: "fontSize", fgc: "color", bgc: "bg", track: "lang", ln: "lang" };

/** @type {(low: number, high: number) => Check} */
const number = (low, high) => (text) => {
  const value = Number(text);
  return text.trim() !== "" && value >= low && value <= high ? value : undefined;
};
/** @type {(low: number, high: number) => Check} */
const count = (low, high) => (text) => (/^\d+$/.test(text) ? number(low, high)(text) : undefined);
/** @type {(...values: string[]) => Check} */
const oneOf =
  (...values) =>
  (text) =>
    values.includes(text) ? text : undefined;
/** @type {Check} */
const flag = (text) => (/^(1|true|yes|on)$/.test(text) ? true : /^(0|false|no|off)$/.test(text) ? false : undefined);
/** @type {Check} */
const color = (text) => (/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text) ? `#${text.replace("#", "")}` : undefined);
/** @type {Check} */
const size = (text) => {
  const [, value, unit] = /^(\d+(?:\.\d+)?)(px|vh|vw|em)?$/.exec(text) ?? [];
  return value && Number(value) > 0 && Number(value) <= 400 ? `${value}${unit ?? "px"}` : undefined;
};

/** @type {Record<string, Check>} */
const CHECKS = {
  lang: (text) => {
    const names = text.toLowerCase().split(/[+, ]/);
    return names.length <= 2 && names.every((name) => /^[a-z]{2,8}(-[a-z0-9]{2,8})*$/.test(name))
      ? names.join()
      : undefined;
  },
  dual: flag,
  lines: count(1, 8),
  maxchars: count(10, 120),
  fontSize: size,
  font: (text) => (/^[\w .'-]{1,60}$/u.test(text) ? text : undefined),
  weight: count(100, 900),
  lineHeight: number(0.8, 3),
  color,
  bg: color,
  bgOpacity: number(0, 1),
  outline: number(0, 20),
  align: oneOf("left", "center", "right"),
  valign: oneOf("bottom", "top", "middle"),
  margin: number(0, 40),
  width: number(10, 100),
  mode: oneOf("rollup", "block", "static"),
  pending: oneOf("on", "off", "dim"),
  preview: flag,
  clear: number(0, 600),
  delay: number(0, 30),
  speakers: oneOf("off", "label", "color"),
  case: oneOf("normal", "upper"),
  dir: oneOf("auto", "ltr", "rtl"),
  motion: oneOf("on", "off"),
  late: flag,
  theme: oneOf("dark", "light", "hc", "transparent"),
  demo: flag,
  debug: flag,
  scale: number(0.5, 2),
};

/** @type {Settings} */
const DEFAULTS = {
  lang: "auto",
  dual: false,
  lines: 2,
  align: "left",
  valign: "bottom",
  mode: "rollup",
  pending: "dim",
  preview: false,
  clear: 5,
  delay: 0,
  speakers: "label",
  case: "normal",
  dir: "auto",
  motion: "off",
  theme: "dark",
  late: true,
  demo: false,
  debug: false,
  scale: 1,
};

/**
 * Whether a text is a valid value of a parameter.
 * @param {string} name
 * @param {string} text
 */
export const isValid = (name, text) => CHECKS[name](text) !== undefined;

/**
 * Return the parameters in a query string such as `?lang=en&fs=48` by their full names; invalid ones are left out.
 * @param {string} query
 */
export function readQuery(query) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [name, text] of new URLSearchParams(query)) {
    const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
    if (Object.hasOwn(CHECKS, known) && isValid(known, text)) found[known] = text;
  }
  return found;
}

/**
 * Return the settings in a query string.
 * @param {string} query
 * @param {Partial<Settings>} [defaults] Defaults that differ from those of the overlay.
 */
export function parse(query, defaults = {}) {
  const asked = Object.entries(readQuery(query)).map(([name, text]) => [name, CHECKS[name](text)]);
  /** @type {Settings} */
  const settings = { ...DEFAULTS, ...defaults, ...Object.fromEntries(asked) };
  if (settings.lang === "source") settings.lang = "original";
  return settings;
}

/** @type {Record<Settings["theme"], Record<string, string>>} */
const THEMES = {
  dark: {},
  light: {
    "--cap-color": "#111111",
    "--cap-pending": "#555a61",
    "--cap-background": "rgba(255, 255, 255, .88)",
    "--cap-edge": "#ffffff",
    "--cap-speaker-1": "#111111",
    "--cap-speaker-2": "#7a3b00",
    "--cap-speaker-3": "#00498a",
    "--cap-speaker-4": "#0b5a2a",
  },
  hc: {
    "--cap-color": "#ffff00",
    "--cap-pending": "#ffffff",
    "--cap-background": "#000000",
    "--cap-speaker-1": "#ffff00",
    "--cap-speaker-2": "#ffffff",
  },
  transparent: { "--cap-background": "transparent", "--cap-outline": "0.12em" },
};

/**
 * Return the six digits of a colour such as `#fc0` or `#ffcc00`.
 * @param {string} hex
 */
const sixDigits = (hex) => (hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1));

/**
 * Return the CSS variables for these settings.
 * @param {Settings} settings
 */
export function variables(settings) {
  /** @type {Record<string, string>} */
  const found = { ...THEMES[settings.theme] };
  /**
   * @param {string} name
   * @param {string | number | undefined} value
   */
  const set = (name, value) => {
    if (value !== undefined) found[name] = String(value);
  };
  set("--cap-size", settings.fontSize);
  set("--cap-font", settings.font && `"${settings.font}", system-ui, sans-serif`);
  set("--cap-weight", settings.weight);
  set("--cap-line-height", settings.lineHeight);
  set("--cap-color", settings.color);
  set("--cap-speaker-1", settings.color);
  set("--cap-pending", settings.color && `#${sixDigits(settings.color)}b0`);
  if (settings.bg || settings.bgOpacity !== undefined) {
    const full = sixDigits(settings.bg ?? (settings.theme === "light" ? "#ffffff" : "#000000"));
    const [red, green, blue] = [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16));
    found["--cap-background"] = `rgba(${red}, ${green}, ${blue}, ${settings.bgOpacity ?? 0.75})`;
  }
  set("--cap-outline", settings.outline !== undefined ? `${settings.outline}px` : undefined);
  set("--cap-margin", settings.margin !== undefined ? `${settings.margin}vmin` : undefined);
  set("--cap-width", settings.maxchars ? `calc(${(settings.maxchars * 0.56).toFixed(2)}em + 1.2em)` : undefined);
  set("--cap-width", settings.width !== undefined ? `${settings.width}%` : undefined);
  // "left" means the side where lines begin, which is on the right in right-to-left text
  set("--cap-align", settings.align === "left" ? "start" : settings.align);
  set("--cap-lines", settings.lines);
  set("--cap-case", settings.case === "upper" ? "uppercase" : undefined);
  return found;
}
