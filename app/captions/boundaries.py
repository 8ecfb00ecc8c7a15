"""Where a phrase ends, and where its sound is cut; pure."""

from collections.abc import Sequence
from dataclasses import replace

from app.captions.limits import PolicyLimits
from app.captions.sentences import ends_clause, ends_sentence, strip_sentence_end
from app.captions.windows import VoiceActivity, Window
from app.decode.hypothesis import Word

CUT_MARGIN_S = 0.05
"""Error of word times that the search for a cut allows on both sides."""

CUT_TAIL_S = 0.2
"""Sound after the last known word in which its cut is searched."""


def find_boundary(
    committed: Sequence[Word],
    rest: Sequence[Word],
    window: Window,
    start_s: float,
    language: str,
    n_solid: int,
    n_followed: int,
    limits: PolicyLimits,
) -> int | None:
    """Return the index of the committed word that the first complete phrase ends with, or None.

    The phrase begins at `start_s`. It never ends before one of the first `n_solid` words, which readers have seen as a
    committed part of it. The first `n_followed` words of the rest are agreed.
    """
    length_s = window.end_s - start_s
    for i in range(max(0, n_solid - 1), len(committed)):
        word = committed[i]
        is_last = i == len(committed) - 1
        n_after = len(committed) - 1 - i + n_followed
        following = committed[i + 1] if not is_last else next(iter(rest), None)
        if is_last and window.is_paused and not rest:
            return i if ends_sentence(word.text, language) else None
        if following is None or not n_after:
            break
        if may_end_sentence(word, following, window.sound, n_after, language, limits):
            return i
        silent_s = silence_between_s(word, following, window.sound)
        if silent_s >= limits.gap_s:
            return i
        is_clause = i + 1 >= limits.soft_words and ends_clause(word.text, language, following.text)
        if length_s > limits.soft_s and (is_clause or silent_s >= limits.soft_gap_s):
            return i
    return None


def may_end_sentence(
    word: Word, following: Word, sound: VoiceActivity, n_after: int, language: str, limits: PolicyLimits
) -> bool | None:
    """Return whether a sentence ends between two words; None if more words must be heard to decide it.

    `n_after` agreed words follow the first of them. Without a pause, a word in lower case begins no sentence.
    """
    if not ends_sentence(word.text, language, following.text):
        return False
    if silence_between_s(word, following, sound) >= limits.sentence_pause_s:
        return True
    if n_after < limits.sentence_words:
        return None
    return not following.text[:1].islower()


def hold_sentence(
    before: Sequence[Word],
    fresh: Sequence[Word],
    n_stable: int,
    n_agreed: int,
    sound: VoiceActivity,
    language: str,
    limits: PolicyLimits,
) -> int:
    """Return how many of the `n_stable` fresh words can be committed before one that may begin a sentence.

    A phrase does not end before a word that readers have seen as a committed part of it. So that word waits until it is
    clear whether a sentence ends before it. `before` is the last committed word, if there is one; `n_agreed` fresh
    words are agreed.
    """
    words = [*before, *fresh]
    for i in range(n_stable + len(before) - 1):
        n_after = n_agreed + len(before) - 1 - i
        if may_end_sentence(words[i], words[i + 1], sound, n_after, language, limits) is None:
            return i + 1 - len(before)
    return n_stable


def strip_inner_ends(
    words: Sequence[Word], n_words: int, sound: VoiceActivity, language: str, limits: PolicyLimits
) -> list[Word]:
    """Return the first words without the full stops after which the sentence goes on in lower case and without pause.

    Whisper writes one where the sound stopped in an earlier window.
    """
    stripped = list(words[:n_words])
    for i, word in enumerate(stripped):
        following = words[i + 1] if i + 1 < len(words) else None
        if following is None or not ends_sentence(word.text, language, following.text):
            continue
        if may_end_sentence(word, following, sound, limits.sentence_words, language, limits) is False:
            stripped[i] = replace(word, text=strip_sentence_end(word.text))
    return stripped


def find_largest_gap(
    committed: Sequence[Word], rest: Sequence[Word], end_s: float, n_solid: int, limits: PolicyLimits
) -> int | None:
    """Return the word before the largest gap among committed words of the right age, or the last word."""
    ages = {i: end_s - committed[i].end_s for i in range(max(0, n_solid - 1), len(committed))}
    chosen = [i for i, age_s in ages.items() if limits.hard_newest_s <= age_s <= limits.hard_oldest_s]
    if not chosen:  # all committed words are older: all of them are the phrase
        return len(committed) - 1 if committed and ages[len(committed) - 1] > limits.hard_oldest_s else None
    following = [*committed[1:], *rest[:1]]
    gaps = {i: following[i].start_s - committed[i].end_s for i in chosen if i < len(following)}
    return max(gaps, key=lambda i: (gaps[i], i)) if gaps else chosen[-1]


def find_cut_s(word: Word, following: Word | None, window: Window) -> float:
    """Return where to cut after a word: in the middle of the longest silence before the next one.

    Without silence it is the quietest moment.
    """
    first_s = word.end_s - CUT_MARGIN_S
    last_s = max(following.start_s, word.end_s) + CUT_MARGIN_S if following else word.end_s + CUT_TAIL_S
    last_s = min(last_s, window.end_s)
    edges = [first_s, *(edge_s for span in window.sound.spans(first_s, last_s) for edge_s in span), last_s]
    silences = [(edges[i + 1] - edges[i], i) for i in range(0, len(edges) - 1, 2)]
    length_s, i = max(silences, default=(0.0, 0))
    if length_s > CUT_MARGIN_S:
        return min(window.end_s, (edges[i] + edges[i + 1]) / 2)
    return min(window.end_s, window.sound.quietest_s(first_s, last_s))


def silence_between_s(word: Word, following: Word, sound: VoiceActivity) -> float:
    """Return the seconds without voice between two words."""
    gap_s = following.start_s - word.end_s
    return max(0.0, gap_s - sound.voiced_s(word.end_s, following.start_s)) if gap_s > 0 else 0.0


def find_context_s(words: Sequence[Word], cut_s: float, language: str, limits: PolicyLimits) -> float:
    """Return where the window after a cut begins: a few seconds before it in mid-sentence, otherwise at the cut.

    `words` are the last committed words before the cut. The window begins at the largest gap between them, so that it
    cuts no word in two.
    """
    if not words or ends_sentence(words[-1].text, language):
        return cut_s
    first_s, last_s = cut_s - limits.context_max_s, cut_s - limits.context_s
    starts = [i for i in range(1, len(words)) if first_s <= words[i].start_s <= last_s]
    if not starts:
        return cut_s
    i = max(starts, key=lambda i: (words[i].start_s - words[i - 1].end_s, words[i].start_s))
    return max(first_s, (words[i - 1].end_s + words[i].start_s) / 2)
