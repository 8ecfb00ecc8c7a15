// @ts-check
// One phrase on one track on the console, and what an operator is doing to it.

import { clone, query, setText } from "../room/page.js";
import { messageOf } from "../room/rest.js";
import { gap, languageName } from "../room/languages.js";
import { CorrectionEditor } from "./correction_editor.js";
import { committedOf, merge } from "./correction_history.js";
import { describeDoubt, showWords } from "./doubtful_words.js";

/** @import { Caption } from "../room/messages" */

/**
 * @typedef {object} TextActions What a text calls.
 * @property {(text: PhraseText, base: string, typed: string) => Promise<string>} correct
 * @property {(text: PhraseText) => unknown} restore
 * @property {(text: PhraseText) => Promise<void>} withdraw
 * @property {(text: PhraseText, cameFrom: Element | null) => void} onEditorClosed
 * @property {() => void} onEditing Called when an editor of the phrase has opened or closed.
 */

/** @typedef {{ base: string, typed: string | null }} Waiting A correction of an open phrase; `typed` null withdraws it. */

export class PhraseText {
  /** @type {CorrectionEditor | null} */
  editor = null;
  /** @type {Waiting | null} */
  waiting = null;
  /** @type {string | null} The text as it was said, if this page has seen it. */
  said = null;
  /** The text before it was withdrawn. */
  before = "";

  /**
   * @param {Caption} caption Its first state; `show` it too.
   * @param {Map<string, PhraseText>} siblings All texts of the phrase by track.
   * @param {TextActions} actions
   */
  constructor(caption, siblings, actions) {
    this.caption = caption;
    this.track = caption.track;
    this.siblings = siblings;
    this.actions = actions;
    this.node = clone("text");
    this.node.dataset.track = caption.track;
    this.line = query(this.node, "p");
    this.solid = query(this.node, ".solid");
    this.tentative = query(this.node, ".tentative");
    this.doubt = query(this.node, ".doubt");
    this.mark = query(this.node, ".mark");
    this.state = query(this.mark, "span");
    this.button = query(this.mark, "button");
    this.button.addEventListener("click", (event) => {
      event.stopPropagation();
      if (this.caption.state === "withdrawn") actions.restore(this);
      else this.edit();
    });
  }

  get isOpen() {
    return this.caption.state === "open";
  }

  get isBusy() {
    return Boolean(this.editor || this.waiting);
  }

  /** Whether a translation failed, so that readers get the original. */
  get isFallback() {
    return ![this.caption.language, "original"].includes(this.track) && !this.isOpen;
  }

  /** The committed text, "" if it is withdrawn. */
  get committed() {
    return committedOf(this.caption);
  }

  /** @param {Caption} caption */
  show(caption) {
    if (caption.state === "withdrawn" && this.caption !== caption && this.caption.committed) {
      this.before = this.caption.committed;
    }
    if (caption.state === "final") this.said = caption.committed;
    this.caption = caption;
    this.line.lang = caption.language;
    this.render();
    this.editor?.show(caption);
    if (this.waiting && !this.isOpen) this.finish(this.waiting);
  }

  render() {
    const { caption, waiting } = this;
    const isWithdrawn = caption.state === "withdrawn";
    const solid = isWithdrawn ? this.before : (waiting?.typed ?? caption.committed);
    this.node.classList.toggle("withdrawn", isWithdrawn);
    this.node.classList.toggle("open", this.isOpen);
    this.node.classList.toggle("fallback", this.isFallback);
    showWords(this.solid, solid, isWithdrawn || waiting ? [] : caption.doubtful);
    describeDoubt(this.doubt, this.solid);
    setText(this.tentative, gap(solid, caption.tentative) + caption.tentative);
    setText(this.state, this.stateText);
    this.mark.classList.toggle("warning", caption.is_outdated && !waiting);
    setText(this.button, this.buttonText);
    this.button.hidden = !this.buttonText;
  }

  get stateText() {
    const { caption, waiting } = this;
    if (waiting?.typed === null) return "Will be withdrawn when the phrase ends";
    if (waiting) return "Your correction will be sent when the phrase ends";
    if (caption.state === "withdrawn") return "Withdrawn";
    if (caption.is_outdated) return "Outdated: the original was corrected";
    if (this.isFallback) return `${languageName(this.track)}: not translated`;
    return caption.state === "corrected" && caption.committed !== this.said ? "Corrected" : "";
  }

  get buttonText() {
    if (this.waiting) return "";
    if (this.caption.state === "withdrawn") return this.before ? "Undo" : "";
    return this.caption.is_outdated ? "Correct" : "";
  }

  /**
   * Open the editor, or focus the one that is open.
   * @param {string} [typed] What is in the editor at first, by default the text.
   * @param {string} [sentence] Why it is opened, instead of the focus.
   */
  edit(typed, sentence) {
    const editor = this.editor ?? this.openEditor(typed);
    if (sentence) editor.status.refused(sentence);
    else {
      editor.input.focus();
      editor.input.setSelectionRange(editor.input.value.length, editor.input.value.length);
    }
    this.node.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} [typed] */
  openEditor(typed) {
    const { waiting, caption } = this;
    const cameFrom = document.activeElement;
    const base = waiting?.base ?? this.committed;
    this.waiting = null;
    this.editor = new CorrectionEditor(caption, {
      base,
      typed: typed ?? waiting?.typed ?? (caption.state === "withdrawn" ? this.before : base),
      save: (from, text) => this.actions.correct(this, from, text),
      onClose: () => {
        this.editor = null;
        this.markEditing();
        this.render();
        this.actions.onEditorClosed(this, cameFrom);
      },
    });
    this.node.append(this.editor.node);
    this.markEditing();
    this.render();
    return this.editor;
  }

  markEditing() {
    this.node.classList.toggle("editing", this.editor !== null);
    this.actions.onEditing();
  }

  /**
   * Keep a correction until the phrase ends.
   * @param {string} base
   * @param {string | null} typed
   */
  wait(base, typed) {
    this.waiting = { base, typed };
    this.render();
  }

  /**
   * Send the correction that waited for the end of the phrase, or open the editor with the reason why it cannot be sent.
   * @param {Waiting} waiting
   */
  async finish({ base, typed }) {
    this.waiting = null;
    this.render();
    try {
      if (this.caption.state === "withdrawn") return;
      if (typed === null) {
        await this.actions.withdraw(this);
        return;
      }
      const { committed } = this.caption;
      if (merge(base, typed, committed) === null) {
        throw new Error(`The final text is different: “${committed}”. Save to replace it.`);
      }
      await this.actions.correct(this, base, typed);
    } catch (error) {
      this.edit(typed ?? "", messageOf(error));
    }
  }
}
