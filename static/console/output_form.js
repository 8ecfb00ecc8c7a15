// @ts-check
// The form that adds an output.

import { find, setText } from "../room/page.js";
import { KINDS } from "./output_kinds.js";

/** @import { OutputField } from "./output_kinds.js" */

export class OutputForm {
  /** @param {() => void} onSubmit */
  constructor(onSubmit) {
    this.kind = find("kind", HTMLSelectElement);
    this.kind.addEventListener("change", () => this.reset());
    find("output-form").addEventListener("submit", (event) => {
      event.preventDefault();
      onSubmit();
    });
    this.reset();
  }

  /** Show the empty fields of the chosen kind. */
  reset() {
    const { help, fields } = KINDS[this.kind.value];
    setText(find("kind-help"), help);
    find("fields").replaceChildren(...fields.map(makeField));
  }

  /** Return what the service needs to add the output. */
  read() {
    const track = find("output-track", HTMLSelectElement).value || null;
    /** @type {Record<string, unknown>} */
    const output = { kind: this.kind.value, track };
    for (const { name, type } of KINDS[this.kind.value].fields) {
      const input = find("fields").querySelector(`[name="${name}"]`);
      const { value } = /** @type {HTMLInputElement} */ (input);
      const isChecked = input instanceof HTMLInputElement && input.checked;
      if (name === "overlay") output.overlay = isChecked ? find("overlay", HTMLAnchorElement).href : "";
      else if (type === "checkbox") output[name] = isChecked;
      else if (value.trim())
        output[name] = type === "number" ? Number(value) : name === "password" ? value : value.trim();
    }
    return output;
  }

  open() {
    find("add", HTMLDetailsElement).open = true;
    this.kind.focus();
  }

  /** Close the form and empty it, because it may contain a secret. */
  close() {
    this.reset();
    const details = find("add", HTMLDetailsElement);
    details.open = false;
    details.querySelector("summary")?.focus();
  }
}

/** @param {OutputField} field */
function makeField({ name, label, type, value = "", isChecked = false, options = [], isOptional = false }) {
  const node = document.createElement("label");
  const input = document.createElement(type === "select" ? "select" : "input");
  input.name = name;
  input.required = type !== "checkbox" && !isOptional;
  if (input instanceof HTMLSelectElement) input.append(...options.map((option) => new Option(option)));
  else if (type === "checkbox") Object.assign(input, { type, checked: isChecked });
  else {
    const autocomplete = type === "password" ? "new-password" : "off";
    Object.assign(input, { type, value, autocomplete, spellcheck: false });
  }
  if (type === "checkbox") {
    node.className = "switch";
    node.append(input, label);
  } else {
    node.append(label, input);
  }
  return node;
}
