// @ts-check
// A slider or a colour picker beside a text field; both always show the same value.

import { make } from "../room/make.js";

/** @import { Slider } from "./form_fields.js" */

/** Pixels of a picture of 1080 lines in one vh. */
const VH_PX = 10.8;

/**
 * Return a row of both, and the function that makes the slider follow the text.
 * @param {HTMLInputElement} input
 * @param {string} label
 * @param {number} usual Where the slider is while the text is empty.
 * @param {Slider} slider
 * @param {() => void} onChange
 */
export function withSlider(input, label, usual, { low, high, step, unit = "" }, onChange) {
  const range = make("input", { type: "range", min: low, max: high, step });
  range.setAttribute("aria-label", `${label}, slider`);
  range.addEventListener("input", () => {
    input.value = `${range.value}${unit}`;
    onChange();
  });
  const follow = () => {
    const text = input.value.trim();
    const number = text ? Number.parseFloat(text) : usual;
    const isPixels = unit === "vh" && /^[\d.]+(px)?$/.test(text);
    const value = String(isPixels ? number / VH_PX : number);
    if (Number.isFinite(number) && Number(range.value) !== Number(value)) range.value = value;
    range.setAttribute("aria-valuetext", text || `${usual}${unit}`);
  };
  follow();
  return { node: make("div", { className: "ranged" }, range, input), follow };
}

/**
 * Return a row of both, and the function that makes the picker follow the text.
 * @param {HTMLInputElement} input
 * @param {string} label
 * @param {string} usual The six digits that the picker has while the text is empty.
 * @param {() => void} onChange
 */
export function withPicker(input, label, usual, onChange) {
  const picker = make("input", { type: "color", value: `#${usual}` });
  picker.setAttribute("aria-label", `${label}, picker`);
  picker.addEventListener("input", () => {
    input.value = picker.value.slice(1);
    onChange();
  });
  const follow = () => {
    const digits = input.value.trim().replace(/^#/, "") || usual;
    const six = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
    if (/^[0-9a-f]{6}$/i.test(six)) picker.value = `#${six.toLowerCase()}`;
  };
  return { node: make("div", { className: "colored" }, input, picker), follow };
}
