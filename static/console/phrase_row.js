// One phrase on the console: a row with a text for each track.

import { Correction, merged } from "./correction_editor.js";
import { Report, put } from "./status_line.js";

const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

const clock = (seconds) => {
  const [s, m, h] = [Math.floor(seconds % 60), Math.floor(seconds / 60) % 60, Math.floor(seconds / 3600)];
  return `${h ? `${h}:${String(m).padStart(2, "0")}` : m}:${String(s).padStart(2, "0")}`;
};

/** One phrase on one track, and whatever an operator is doing to it. */
export class Text {
  constructor(row, track) {
    Object.assign(this, { row, track, correction: null, waiting: null, before: "" });
    this.node = clone("text");
    this.node.dataset.track = track;
    [this.line, this.mark] = this.node.children;
    [this.solid, this.tentative] = this.line.children;
    [this.state, this.button] = this.mark.children;
    this.button.addEventListener("click", (event) => {
      event.stopPropagation();
      if (this.caption.state === "withdrawn") row.list.restore(this);
      else this.edit();
    });
  }

  get isOpen() {
    return this.caption.state === "open";
  }

  get isBusy() {
    return Boolean(this.correction || this.waiting);
  }

  show(caption) {
    const last = this.caption;
    if (caption.state === "withdrawn" && last?.committed) this.before = last.committed;
    this.caption = caption;
    this.line.lang = caption.language;
    this.render();
    this.correction?.show(caption);
    if (this.waiting && !this.isOpen) this.end();
  }

  render() {
    const { caption, waiting } = this;
    const isBack = caption.state === "withdrawn";
    this.node.classList.toggle("withdrawn", isBack);
    this.node.classList.toggle("open", this.isOpen);
    put(this.solid, isBack ? this.before : (waiting?.typed ?? caption.committed));
    put(this.tentative, caption.tentative && ` ${caption.tentative}`);
    put(
      this.state,
      waiting
        ? waiting.typed === null
          ? "Is taken back when the phrase ends"
          : "Your correction is sent when the phrase ends"
        : isBack
          ? "Taken back"
          : caption.is_outdated
            ? "Outdated: the original was corrected"
            : caption.state === "corrected"
              ? "Corrected"
              : "",
    );
    this.mark.classList.toggle("warning", caption.is_outdated && !waiting);
    const offer = waiting ? "" : isBack ? (this.before ? "Undo" : "") : caption.is_outdated ? "Correct it" : "";
    put(this.button, offer);
    this.button.hidden = !offer;
  }

  /** Open the editor, or go on in it. */
  edit(typed, sentence) {
    if (!this.correction) {
      const { waiting, caption } = this;
      const from = document.activeElement;
      const base = waiting?.base ?? (caption.state === "withdrawn" ? "" : caption.committed);
      this.waiting = null;
      this.row.list.nEditors += 1;
      this.correction = new Correction(this, {
        base,
        typed: typed ?? waiting?.typed ?? (caption.state === "withdrawn" ? this.before : base),
        save: (from, text) => this.row.list.correct(this, from, text),
        leave: () => {
          this.correction = null;
          this.row.list.nEditors -= 1;
          this.mind();
          this.render();
          if (this.row.isStale) this.row.list.drop(this.row);
          // back to where the operator came from, unless they have moved on meanwhile
          if (document.activeElement === document.body) this.row.list.returnTo(from, this);
          this.row.list.follow();
        },
        report: (node) => new Report(node),
      });
      this.node.append(this.correction.node);
      this.mind();
      this.render();
    }
    const { input } = this.correction;
    if (sentence) this.correction.report.refused(sentence);
    else {
      input.focus();
      input.setSelectionRange(input.value.length, input.value.length);
    }
    this.node.scrollIntoView({ block: "nearest" });
  }

  /** Show whether there is an editor. */
  mind() {
    this.node.classList.toggle("editing", Boolean(this.correction));
    this.row.node.classList.toggle(
      "busy",
      [...this.row.texts.values()].some(({ correction }) => correction),
    );
  }

  /** Keep a correction until the phrase ends; `typed` null takes it back. */
  wait(base, typed) {
    this.waiting = { base, typed };
    this.render();
  }

  /** The phrase has ended: send what waited, or say why it cannot be sent as it is. */
  async end() {
    const { base, typed } = this.waiting;
    this.waiting = null;
    this.render();
    try {
      if (this.caption.state === "withdrawn") return;
      if (typed === null) await this.row.list.corrections.takeBack(this);
      else {
        if (merged(base, typed, this.caption.committed) === null)
          throw new Error(`The phrase ended otherwise: “${this.caption.committed}”. Save to put yours in its place.`);
        await this.row.list.correct(this, base, typed);
      }
    } catch (error) {
      this.edit(typed ?? "", error.message);
    }
  }
}

export class Phrase {
  constructor(list, name, startS) {
    Object.assign(this, { list, name, startS, texts: new Map() });
    this.node = clone("phrase");
    this.node.dataset.phrase = name;
    this.place = this.node.querySelector(".texts");
    put(this.node.querySelector(".time"), clock(startS));
    this.node.querySelector(".correct").addEventListener("click", () => this.edit());
    this.node.querySelector(".back").addEventListener("click", () => list.askBack(this));
  }

  /** Whether the row must stay as it is: somebody is at work in it. */
  get isBusy() {
    return this.node.contains(document.activeElement) || [...this.texts.values()].some((text) => text.isBusy);
  }

  get isEmpty() {
    return [...this.texts.values()].every(
      ({ caption }) => caption.state === "open" && !caption.committed && !caption.tentative,
    );
  }

  show(caption) {
    let text = this.texts.get(caption.track);
    if (!text) {
      text = new Text(this, caption.track);
      this.texts.set(caption.track, text);
      this.place.append(text.node);
      this.node.title = caption.speaker ? `${caption.speaker}, ${caption.source}` : caption.source;
      this.arrange();
    }
    text.show(caption);
  }

  /** Put the texts into the columns of the tracks shown. */
  arrange() {
    for (const [track, { node }] of this.texts) {
      const column = this.list.columns.indexOf(track);
      node.hidden = column < 0;
      node.style.order = column;
      node.style.setProperty("--column", column + 1);
    }
  }

  /** The text that the keys mean: of the column chosen last, else of the first that there is. */
  get current() {
    const { columns, column } = this.list;
    return this.texts.get(column) ?? columns.map((track) => this.texts.get(track)).find(Boolean);
  }

  edit() {
    this.current?.edit();
  }

  focus(track) {
    if (track) this.list.column = track;
    this.node.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "nearest" });
  }
}
