// What the address of an overlay or a stage may say. Unknown names and values that make no sense are ignored.

const ALIASES = { fs: "fontSize", fgc: "color", bgc: "bg", track: "lang", ln: "lang" };

const number = (low, high) => (text) => {
  const value = Number(text);
  return text.trim() !== "" && value >= low && value <= high ? value : undefined;
};
const count = (low, high) => (text) => (/^\d+$/.test(text) ? number(low, high)(text) : undefined);
const oneOf =
  (...values) =>
  (text) =>
    values.includes(text) ? text : undefined;
const flag = (text) => (/^(1|true|yes|on)$/.test(text) ? true : /^(0|false|no|off)$/.test(text) ? false : undefined);
const color = (text) => (/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text) ? `#${text.replace("#", "")}` : undefined);
const size = (text) => {
  const [, value, unit] = /^(\d+(?:\.\d+)?)(px|vh|vw|em)?$/.exec(text) ?? [];
  return value && Number(value) > 0 && Number(value) <= 400 ? `${value}${unit ?? "px"}` : undefined;
};

const CHECKS = {
  lang: (text) => (/^[a-z]{2,8}(-[a-z0-9]{2,8})*$/i.test(text) ? text.toLowerCase() : undefined),
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

const DEFAULTS = {
  lang: "auto",
  dual: false,
  lines: 2,
  align: "left",
  valign: "bottom",
  mode: "rollup",
  pending: "dim",
  clear: 5,
  delay: 0,
  speakers: "off",
  case: "normal",
  dir: "auto",
  motion: "off",
  theme: "dark",
  late: true,
  demo: false,
  debug: false,
  scale: 1,
};

/** Whether a value makes sense for a parameter. */
export const isGood = (name, text) => CHECKS[name](text) !== undefined;

/** Return what a query string such as `?lang=en&fs=48` asks for, each by its own name; only what makes sense. */
export function asked(query) {
  const found = {};
  for (const [name, text] of new URLSearchParams(query)) {
    const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
    if (Object.hasOwn(CHECKS, known) && CHECKS[known](text) !== undefined) found[known] = text;
  }
  return found;
}

/** Return the settings in a query string; `defaults` are those in which a page differs from the overlay. */
export function parse(query, defaults = {}) {
  const settings = { ...DEFAULTS, ...defaults };
  for (const [name, text] of Object.entries(asked(query))) settings[name] = CHECKS[name](text);
  if (settings.lang === "source") settings.lang = "original";
  return settings;
}

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

const whole = (hex) => (hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1));

/** Return the CSS variables that these settings ask for. */
export function variables(settings) {
  const found = { ...THEMES[settings.theme] };
  const set = (name, value) => {
    if (value !== undefined) found[name] = value;
  };
  set("--cap-size", settings.fontSize);
  set("--cap-font", settings.font && `"${settings.font}", system-ui, sans-serif`);
  set("--cap-weight", settings.weight);
  set("--cap-line-height", settings.lineHeight);
  set("--cap-color", settings.color);
  set("--cap-speaker-1", settings.color);
  set("--cap-pending", settings.color && `#${whole(settings.color)}b0`);
  if (settings.bg || settings.bgOpacity !== undefined) {
    const full = whole(settings.bg ?? (settings.theme === "light" ? "#ffffff" : "#000000"));
    const [red, green, blue] = [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16));
    found["--cap-background"] = `rgba(${red}, ${green}, ${blue}, ${settings.bgOpacity ?? 0.75})`;
  }
  set("--cap-outline", settings.outline !== undefined ? `${settings.outline}px` : undefined);
  set("--cap-margin", settings.margin !== undefined ? `${settings.margin}vmin` : undefined);
  set("--cap-width", settings.maxchars ? `calc(${(settings.maxchars * 0.56).toFixed(2)}em + 1.2em)` : undefined);
  set("--cap-width", settings.width !== undefined ? `${settings.width}%` : undefined);
  // left means where lines begin: right-to-left text begins on the right
  set("--cap-align", settings.align === "left" ? "start" : settings.align);
  set("--cap-lines", settings.lines);
  set("--cap-case", settings.case === "upper" ? "uppercase" : undefined);
  return found;
}
