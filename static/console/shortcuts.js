// One key for each action. Single keys are for whoever types nothing, and can be switched off (WCAG 2.1.4).

const STORED = "surtitle-console-keys";
const find = (id) => document.getElementById(id);
const TYPED = "textarea, select, input:not([type=checkbox])";
const PRESSED = "button, a, summary, input";

export class Shortcuts {
  /** `actions` are `[key, what it does, act]`; `others` are `[keys, what they do]` that work where they are said to. */
  constructor(actions, others) {
    this.acts = new Map(actions.map(([key, , act]) => [key, act]));
    for (const [key, says] of [...actions, ...others].filter((action) => action[1])) {
      const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
      term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      meaning.textContent = says;
      find("keys").append(term, meaning);
    }
    find("single").checked = localStorage.getItem(STORED) !== "off";
    find("single").addEventListener("change", ({ target }) => {
      localStorage.setItem(STORED, target.checked ? "on" : "off");
      this.mark();
    });
    find("help-open").addEventListener("click", () => this.help());
    find("help-close").addEventListener("click", () => find("help").close());
    addEventListener("pointerdown", ({ target }) => {
      this.pointed = target.closest(PRESSED);
    });
    addEventListener("keydown", (event) => this.press(event));
    this.mark();
  }

  get isOn() {
    return find("single").checked;
  }

  mark() {
    document.body.classList.toggle("no-keys", !this.isOn);
  }

  help() {
    find("help").showModal();
  }

  press(event) {
    const { target, key } = event;
    if (key === "Tab") this.pointed = null;
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
      return;
    if (find("help").open || !this.isOn || target.closest(TYPED)) return;
    const name = key === " " ? "Space" : /^[1-9]$/.test(key) ? "1–9" : key.length === 1 ? key.toUpperCase() : key;
    const act = this.acts.get(name);
    // a button that was reached by keys is what Space presses; one that was clicked is not: Hide, then Space, must not show again
    const button = target.closest(PRESSED);
    if (!act || (name === "Space" && button && button !== this.pointed)) return;
    event.preventDefault();
    act(key);
  }
}
