// @ts-check
// The form of the builder: one control for each parameter of the overlay.

import { isValid, readQuery } from "../room/parameters.js";
import { withPicker, withSlider } from "./companions.js";
import { make } from "../room/make.js";

/** @import { Field } from "./form_fields.js" */

const FLAGS = ["dual", "late", "debug"];

export class Form {
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  inputs = new Map();
  /** @type {(() => void)[]} Make sliders and colour pickers follow their text fields. */
  followers = [];

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /**
   * Return a labelled control; a colour has a picker beside its text, a number a slider.
   * @param {Field} field
   */
  addField(field) {
    const { name, label, choices, example = "", hint = "", offers } = field;
    const id = `field-${name}`;
    const title = make("label", { htmlFor: id, textContent: label });
    if (choices) {
      const select = make("select", { id }, ...choices.map(([value, text]) => new Option(text, value)));
      this.add(name, select);
      return make("div", {}, title, select);
    }
    const input = make("input", { id, placeholder: example, spellcheck: false });
    this.add(name, input);
    const help = make("p", { id: `${id}-hint`, className: "soft", textContent: hint });
    input.setAttribute("aria-describedby", help.id);
    const control = this.withCompanion(input, field);
    if (!offers) return make("div", {}, title, control, help);
    const list = make("datalist", { id: `${id}-offers` }, ...offers.map((offer) => new Option("", offer)));
    input.setAttribute("list", list.id);
    return make("div", {}, title, control, help, list);
  }

  /**
   * @param {HTMLInputElement} input
   * @param {Field} field
   */
  withCompanion(input, { label, example = "", isColor, slider }) {
    if (!isColor && !slider) return input;
    const change = () => this.change();
    const { node, follow } = slider
      ? withSlider(input, label, Number.parseFloat(example), slider, change)
      : withPicker(input, label, example, change);
    this.followers.push(follow);
    return node;
  }

  /**
   * @param {string} name
   * @param {HTMLInputElement | HTMLSelectElement} input
   */
  add(name, input) {
    this.inputs.set(name, input);
    input.addEventListener("input", () => this.change());
  }

  change() {
    for (const follow of this.followers) follow();
    this.onChange();
  }

  /** Return the parameters in the form; invalid values are marked and left out. */
  read() {
    const found = new URLSearchParams();
    for (const [name, input] of this.inputs) {
      const text = input.value.trim().replace(/^#/, "");
      const isWrong = text !== "" && !isValid(name, text);
      input.setAttribute("aria-invalid", String(isWrong));
      if (text && !isWrong) found.set(name, text);
    }
    return found;
  }

  /**
   * Fill the form from a query string.
   * @param {string} query
   */
  fill(query) {
    const values = readQuery(query);
    for (const [name, input] of this.inputs) {
      const value = (values[name] ?? "").replace(/^#/, "");
      if (input instanceof HTMLSelectElement) choose(input, name, value);
      else input.value = value;
    }
    this.change();
  }

  /**
   * Add choices to a list that are not in it yet.
   * @param {string} name
   * @param {{ value: string, label: string }[]} choices
   */
  offer(name, choices) {
    const select = this.inputs.get(name);
    if (!(select instanceof HTMLSelectElement)) return;
    const known = [...select.options].map((option) => option.value);
    for (const { value, label } of choices) if (!known.includes(value)) select.add(new Option(label, value));
  }
}

/**
 * Choose a value in a list. Other words for the default, such as mode=rollup, need no place in the link.
 * @param {HTMLSelectElement} select
 * @param {string} name
 * @param {string} value
 */
function choose(select, name, value) {
  const values = [...select.options].map((option) => option.value);
  if (values.includes(value)) select.value = value;
  else if (name === "lang") {
    select.value = "";
    select.add(new Option(value, value, false, true)); // the room may offer this language later
  } else if (FLAGS.includes(name) && /^(1|true|yes|on)$/.test(value)) select.value = "1";
  else select.value = FLAGS.includes(name) && values.includes("0") ? "0" : "";
}
