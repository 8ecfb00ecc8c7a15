// @ts-check
// Lays out lines again, after a correction or a change of size.

/** @import { LineBox } from "./line_box.js" */
/** @import { PhraseWords, Word } from "./phrase_words.js" */
/** @import { WordLayout } from "./word_layout.js" */

/**
 * Lay out again all lines from an index on.
 * @param {LineBox} rows
 * @param {WordLayout} layout
 * @param {number} first
 * @param {PhraseWords | null} [changed] A phrase that has changed.
 * @param {Word[]} [words] Its words.
 */
export function reflow(rows, layout, first, changed = null, words = []) {
  const runs = runsFrom(rows, layout, first);
  rows.emptyFrom(first);
  rows.first = first;
  for (const run of runs) {
    for (const word of run.words) word.spans = [];
    run.phrase.words = run.phrase.words.filter((word) => !run.words.includes(word));
  }
  const at = runs.findIndex((run) => run.phrase === changed);
  if (changed && at >= 0) runs[at].words = words.slice(changed.words.length);
  runs
    .filter((run, i) => run.phrase !== changed || i === at)
    .forEach((run) => layout.append(run.phrase, run.words, null, Infinity));
  rows.first = null;
}

/**
 * Return the words on the lines from an index on, in runs of one phrase.
 * @param {LineBox} rows
 * @param {WordLayout} layout
 * @param {number} first
 */
function runsFrom(rows, layout, first) {
  /** @type {{ phrase: PhraseWords, words: Word[] }[]} */
  const runs = [];
  for (const span of rows.lines.slice(first).flatMap((line) => [...line.children])) {
    const owner = layout.owners.get(span);
    if (!owner) continue;
    const run = runs[runs.length - 1];
    if (!run || run.phrase !== owner.phrase) runs.push({ phrase: owner.phrase, words: [owner.word] });
    else if (!run.words.includes(owner.word)) run.words.push(owner.word);
  }
  return runs;
}
