// What an overlay's address may say. Unknown names and values that make no sense are ignored.

const ALIASES = { fs: "fontSize", fgc: "color", bgc: "bg", track: "lang", ln: "lang" };

const number = (low, high) => (text) => {
  const value = Number(text);
  return text.trim() !== "" && value >= low && value <= high ? value : undefined;
};
const oneOf = (...values) => (text) => (values.includes(text) ? text : undefined);
const flag = (text) => ({ 1: true, true: true, yes: true, on: true, 0: false, false: false, no: false, off: false })[text];
const color = (text) => (/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text) ? `#${text.replace("#", "")}` : undefined);
const size = (text) => {
  const [, value, unit] = /^(\d+(?:\.\d+)?)(px|vh|vw|em)?$/.exec(text) ?? [];
  return value && Number(value) > 0 && Number(value) <= 400 ? `${value}${unit ?? "px"}` : undefined;
};

const CHECKS = {
  lang: (text) => (/^[a-z]{2,8}(-[a-z0-9]{2,8})*$/i.test(text) ? text.toLowerCase() : undefined),
  dual: flag, lines: number(1, 8), maxchars: number(10, 120), fontSize: size,
  font: (text) => (/^[\w .'-]{1,60}$/u.test(text) ? text : undefined), weight: number(100, 900), lineHeight: number(0.8, 3),
  color, bg: color, bgOpacity: number(0, 1), outline: number(0, 20), align: oneOf("left", "center", "right"),
  valign: oneOf("bottom", "top", "middle"), margin: number(0, 40), width: number(10, 100),
  mode: oneOf("rollup", "block", "static"), pending: oneOf("on", "off", "dim"), clear: number(0, 600), delay: number(0, 30),
  speakers: oneOf("off", "label", "color"), case: oneOf("normal", "upper"), dir: oneOf("auto", "ltr", "rtl"),
  motion: oneOf("on", "off"), late: flag, theme: oneOf("dark", "light", "hc", "transparent"), demo: flag, debug: flag,
};

const DEFAULTS = {
  lang: "auto", dual: false, lines: 2, align: "left", valign: "bottom", mode: "rollup", pending: "dim", clear: 5, delay: 0,
  case: "normal", dir: "auto", theme: "dark", late: true, demo: false, debug: false,
};

/** Return the settings in a query string such as `?lang=en&fs=48`. */
export function parse(query) {
  const settings = { ...DEFAULTS };
  for (const [name, text] of new URLSearchParams(query)) {
    const known = ALIASES[name] ?? name;
    const value = CHECKS[known]?.(text);
    if (value !== undefined) settings[known] = value;
  }
  if (settings.lang === "source") settings.lang = "original";
  return settings;
}

const THEMES = {
  dark: {},
  light: { "--cap-color": "#111111", "--cap-pending": "#5a5f66", "--cap-background": "rgba(255, 255, 255, .85)" },
  hc: { "--cap-color": "#ffff00", "--cap-pending": "#ffffff", "--cap-background": "#000000" },
  transparent: { "--cap-background": "transparent", "--cap-outline": "0.12em" },
};

/** Return the CSS variables that these settings ask for. */
export function variables(settings) {
  const found = { ...THEMES[settings.theme] };
  const set = (name, value) => { if (value !== undefined) found[name] = value; };
  set("--cap-size", settings.fontSize);
  set("--cap-font", settings.font && `"${settings.font}", system-ui, sans-serif`);
  set("--cap-weight", settings.weight);
  set("--cap-line-height", settings.lineHeight);
  set("--cap-color", settings.color);
  set("--cap-pending", settings.color && `${settings.color.length === 7 ? settings.color + "b0" : settings.color}`);
  if (settings.bg || settings.bgOpacity !== undefined) {
    const hex = (settings.bg ?? "#000000").slice(1);
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
    const [red, green, blue] = [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16));
    found["--cap-background"] = `rgba(${red}, ${green}, ${blue}, ${settings.bgOpacity ?? 0.75})`;
  }
  set("--cap-outline", settings.outline !== undefined ? `${settings.outline}px` : undefined);
  set("--cap-margin", settings.margin !== undefined ? `${settings.margin}vmin` : undefined);
  set("--cap-width", settings.maxchars ? `${settings.maxchars * 0.56}em` : undefined);
  set("--cap-width", settings.width !== undefined ? `${settings.width}%` : undefined);
  set("--cap-align", settings.align);
  set("--cap-lines", settings.lines);
  set("--cap-case", settings.case === "upper" ? "uppercase" : undefined);
  return found;
}
