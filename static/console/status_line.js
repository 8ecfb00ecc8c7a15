// The line of a panel that says what came of an action: what was done, or what was not and why.

/** Set a text only where it changes, so that what somebody has selected stays so. */
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export class Report {
  constructor(node) {
    this.node = node;
  }

  done(text) {
    this.say(text, "good");
    this.timer = setTimeout(() => this.clear(), 8000);
  }

  refused(text) {
    this.say(text, "warning");
  }

  clear() {
    this.say("", "");
  }

  say(text, look) {
    clearTimeout(this.timer);
    this.node.className = `report ${look}`;
    put(this.node, text);
  }

  /** Run an action that returns a sentence; returns whether it went well. While it runs, a second of the same kind is left out. */
  async of(act) {
    if (this.isBusy) return false;
    this.isBusy = true;
    try {
      this.done(await act());
      return true;
    } catch (error) {
      this.refused(error.message);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
