// What is said, phrase by phrase, every track beside the other, and the ways to mend it.

import { Corrections } from "./correction_history.js";
import { trackName } from "../room/language_names.js";
import { Phrase } from "./phrase_row.js";
import { Report } from "./status_line.js";

const ROWS_MAX = 300;
const EARLIER_MAX = 500;
const PAGE = 200;
const NEAR_PX = 60;

const find = (id) => document.getElementById(id);

export class Phrases {
  constructor(rest) {
    Object.assign(this, { rest, rows: new Map(), columns: ["original"], tracks: [], view: "", column: "" });
    this.report = new Report(find("text-report"));
    this.corrections = new Corrections(rest);
    [this.list, this.scroller] = [find("phrases"), find("scroll")];
    Object.assign(this, { isFollowing: true, isWalking: false, nEditors: 0, top: 0 });
    this.scroller.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("click", (event) => this.click(event));
    this.list.addEventListener("focusin", ({ target }) => this.choose(target.closest(".phrase")));
    this.list.addEventListener("focusout", ({ relatedTarget }) => {
      if (this.list.contains(relatedTarget)) return;
      this.isWalking = false;
      this.choose(null);
    });
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    find("live").addEventListener("click", () => this.toLive());
    find("earlier").addEventListener("click", () => this.report.of(() => this.loadEarlier()));
    find("correct-last").addEventListener("click", () => this.correctLast());
  }

  // -- what comes from the service

  show(caption) {
    let row = this.rows.get(caption.phrase);
    if (!row) {
      if (caption.state === "open" && !caption.committed && !caption.tentative) return;
      row = this.add(caption);
      this.bound();
    }
    row.isStale = false;
    row.show(caption);
    if (row.isEmpty && !row.isBusy) this.drop(row);
    this.follow();
    this.count();
  }

  /** Everything is told anew: what is not told again goes, but for what somebody is typing. */
  refresh() {
    for (const row of this.rows.values()) row.isStale = true;
    queueMicrotask(() => {
      for (const row of [...this.rows.values()].filter(({ isStale }) => isStale)) {
        const typing = [...row.texts.values()].filter(({ correction, waiting }) => correction || waiting);
        if (typing.length)
          typing.forEach((text) =>
            text.edit(
              undefined,
              "This phrase is no longer kept by the service. Copy what you typed if you need it, and cancel.",
            ),
          );
        else {
          if (row.node.contains(document.activeElement)) this.scroller.focus();
          this.drop(row);
        }
      }
      this.count();
    });
  }

  /** The tracks of the room. */
  offer(tracks) {
    if (tracks.join() === this.tracks.join()) return;
    this.tracks = tracks;
    if (!tracks.includes(this.view)) this.view = "";
    const views = tracks.length > 1 ? ["", ...tracks] : [];
    find("views").replaceChildren(
      ...views.map((view) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "small";
        button.textContent = view ? trackName(view) : "All";
        button.dataset.view = view;
        button.addEventListener("click", () => this.look(view));
        return button;
      }),
    );
    this.look(this.view);
  }

  /** Show one track, or all with "". */
  look(view) {
    this.view = view;
    this.columns = view ? [view] : this.tracks;
    this.column = this.columns[0];
    for (const button of find("views").children) button.setAttribute("aria-pressed", button.dataset.view === view);
    this.list.style.setProperty("--columns", this.columns.length);
    for (const row of this.rows.values()) row.arrange();
    this.follow();
  }

  /** Show the next choice of tracks. */
  lookNext() {
    const views = ["", ...this.tracks];
    this.look(views[(views.indexOf(this.view) + 1) % views.length]);
  }

  // -- what the operator does

  /** Send what was typed in an editor; throws a sentence if it was not done. */
  async correct(text, base, typed) {
    const said = await this.corrections.correct(text, base, typed);
    this.report.done(said);
    return said;
  }

  restore(text) {
    return this.report.of(() => this.corrections.restore(text));
  }

  askBack(row) {
    return this.report.of(async () => {
      const text = row.current;
      if (text.isOpen) {
        text.wait(text.caption.committed, null);
        return "The phrase is taken back when it ends.";
      }
      if (text.caption.state === "withdrawn") return "This phrase is taken back already. Z undoes it.";
      await this.corrections.takeBack(text);
      row.focus();
      return "Taken back on every page. Z undoes it.";
    });
  }

  undo() {
    return this.report.of(() => this.corrections.undo());
  }

  correctLast() {
    const last = this.newest.find((row) => {
      const { caption } = row.current ?? {};
      return caption && caption.state !== "withdrawn" && caption.committed;
    });
    if (last) last.edit();
    else this.report.done("Nothing has been said yet.");
  }

  /** Go to the newest translation that is outdated. */
  correctOutdated() {
    const texts = this.newest.flatMap((row) => [...row.texts.values()]);
    const outdated = texts.find(
      ({ caption, node }) => caption.is_outdated && caption.state !== "withdrawn" && !node.hidden,
    );
    if (outdated) outdated.edit();
    else this.report.done("No translation is outdated.");
  }

  async loadEarlier() {
    const seqs = [...this.rows.values()]
      .flatMap((row) => [...row.texts.values()])
      .map(({ caption }) => caption.seq)
      .filter(Boolean);
    const before = Math.min(Number.MAX_SAFE_INTEGER, ...seqs);
    const { captions, is_all: isAll } = await this.rest.act("GET", `/captions?before=${before}&limit=${PAGE}`);
    const height = this.scroller.scrollHeight;
    const held = this.rows.size;
    for (const caption of captions) {
      const row = this.rows.get(caption.phrase) ?? this.add(caption);
      if (!row.texts.has(caption.track)) row.show(caption);
    }
    this.isFollowing = false;
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
    find("earlier").hidden = isAll || this.rows.size >= EARLIER_MAX;
    this.count();
    const added = this.rows.size - held;
    return added ? `${added} earlier phrases are shown.` : "There is nothing earlier.";
  }

  // -- moving about

  press(event) {
    const row = event.target.closest(".phrase");
    const { correction } = row
      ? ([...this.rows.get(row.dataset.phrase).texts.values()].find(
          ({ correction: one }) => one?.input === event.target,
        ) ?? {})
      : {};
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (correction && !correction.isChanged && step && !event.shiftKey) {
      event.preventDefault();
      const next = this.beside(row, step);
      if (next) {
        correction.close();
        next.edit();
      }
    } else if (event.target === row || event.target === this.scroller) {
      const act = step
        ? () => this.step(row, step)
        : row &&
          {
            Enter: () => this.at(row).edit(),
            Delete: () => this.askBack(this.at(row)),
            ArrowLeft: () => this.turn(row, -1),
            ArrowRight: () => this.turn(row, 1),
          }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    }
  }

  click(event) {
    const node = event.target.closest(".text");
    if (!node || event.target.closest("button, form") || !getSelection().isCollapsed) return;
    const row = this.at(node.closest(".phrase"));
    this.column = node.dataset.track;
    row.texts.get(node.dataset.track).edit();
  }

  at(node) {
    return this.rows.get(node.dataset.phrase);
  }

  beside(node, step) {
    const next = step < 0 ? node?.previousElementSibling : node?.nextElementSibling;
    return next && this.at(next);
  }

  step(node, step) {
    const next = node ? this.beside(node, step) : this.list.lastElementChild && this.at(this.list.lastElementChild);
    this.isWalking = true;
    next?.focus();
  }

  turn(node, step) {
    const tracks = this.columns.filter((track) => this.at(node).texts.has(track));
    this.column = tracks[Math.min(tracks.length - 1, Math.max(0, tracks.indexOf(this.column) + step))];
    this.choose(node);
  }

  /** Give the focus back after an editor has closed: to the row it was opened from, else to what had it. */
  returnTo(node, text) {
    if (node.isConnected && text.row.node.contains(node)) text.row.focus(text.track);
    else if (node.isConnected && node !== document.body) node.focus({ preventScroll: true });
    else this.scroller.focus({ preventScroll: true });
  }

  /** Mark the text that the keys mean. */
  choose(node) {
    this.list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    this.list.querySelector(".chosen")?.classList.remove("chosen");
    if (!node) return;
    node.setAttribute("aria-current", "true");
    this.at(node)?.current?.node.classList.add("chosen");
  }

  /** Whoever scrolls back leaves the newest alone; what came in meanwhile is no scrolling. */
  scrolled() {
    const { scrollTop } = this.scroller;
    if (this.isAtEnd) this.isFollowing = true;
    else if (scrollTop < this.top) this.isFollowing = false;
    this.top = scrollTop;
    find("live").hidden = this.isAtEnd;
  }

  get isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  toLive() {
    Object.assign(this, { isFollowing: true, isWalking: false });
    this.scroller.focus({ preventScroll: true });
    this.bound();
    this.follow();
  }

  /** Keep the newest in sight, unless the operator is at work elsewhere. */
  follow() {
    if (this.isFollowing && !this.isWalking && !this.nEditors) this.scroller.scrollTop = this.scroller.scrollHeight;
    find("live").hidden = this.isAtEnd;
  }

  // -- what is held

  /** Make the row of a phrase, where it belongs in time: one that was corrected comes late, and stays in its place. */
  add({ phrase, start_s: startS }) {
    const row = new Phrase(this, phrase, startS);
    this.rows.set(phrase, row);
    let last = this.list.lastElementChild;
    while (last && this.at(last).startS > startS) last = last.previousElementSibling;
    if (last) last.after(row.node);
    else this.list.prepend(row.node);
    return row;
  }

  /** All rows, the newest first. */
  get newest() {
    return [...this.list.children].reverse().map((node) => this.at(node));
  }

  drop(row) {
    row.node.remove();
    this.rows.delete(row.name);
    this.count();
  }

  /** Keep so many rows only: the oldest go, but none in which somebody is at work. */
  bound() {
    const most = this.isFollowing ? ROWS_MAX : EARLIER_MAX;
    let node = this.list.firstElementChild;
    while (node && this.rows.size > most) {
      const row = this.at(node);
      node = node.nextElementSibling;
      if (!row.isBusy) this.drop(row);
    }
  }

  count() {
    find("phrases-none").hidden = this.rows.size > 0;
  }
}
