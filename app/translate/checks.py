"""What makes a translation unbelievable: each check is pure and knows only the texts.

The limits are wide: a translation that is wrongly doubted costs a second decode, and at worst readers get the original.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from app.decode.scripts import UNSPACED, find_pace
from app.translate.language_evidence import count_exclusive, frequent_words, has_wrong_script, is_other_language
from app.translate.request import Fault

UNSURE_LOGPROB = -2.5
"""Mean log-probability of a token below which a model does not believe in its own translation. Large models have -0.2
to -1 for good ones; below -2 they write what has little to do with the original."""

UNSURE_LOGPROB_OWN = -0.2
"""The same for a model with placeholders. Chosen with the demo model: of its world's sentences with one wrong letter
99 % have more; sentences about other things have -0.2 to -0.8."""

LONG_RATIO, LONG_SPARE = 2.5, 24
"""A translation is too long with more than so many times the letters that are usual for the languages, and this many
more."""

SHORT_RATIO, SHORT_SPARE = 0.3, 3
"""It is too short with less than this share, less these letters."""

ONE_LETTER_OF = 5
"""One letter is no translation of a text with this many, in a script that writes sounds."""

COPIED_WORDS = 4
"""From so many words on a translation may be a copy with some changes; a shorter one only if all words are the same."""

COPIED_SHARE = 0.8
"""Share of words from the original from which on it is a copy, unless it has frequent words of the target ..."""

COPIED_ALL = 0.95
"""... and this share is always a copy. Names stay the same: "Anna, Thomas and Julia"."""

COPIED_SOURCE_SHARE = 0.6
"""The share if most of its frequent words are those of the original's language."""

SINGLE_COPIES = 3
GROUP_COPIES = 3
"""A word this many times in a row, or a group of words, is a loop, unless the original repeats itself as often."""

DOUBLE_WORDS = 4
"""A group of this many words is a loop when it comes twice in a row."""

SPREAD_WORDS, SPREAD_COPIES = 4, 3
SPREAD_LONG_WORDS = 6
"""A group of SPREAD_WORDS words this many times in one sentence, even apart, is a loop, or a longer group twice."""

WRAPPING_MAX = 2
"""Words around an original that leave it a copy."""

COPIED_RUN, COPIED_RUN_SURE = 3, 2
"""So many words of the original in a row are a copied part, if this many are frequent in its language only."""

COPIED_PLAIN, COPIED_PLAIN_LETTERS = 2, 4
"""COPIED_RUN words in a row, without a comma between, are a copied part too if so many of them are in small letters and
not frequent in the target; a loanword comes alone. A German noun counts beside such a word with so many letters."""

NEAR_LETTERS, NEAR_LIKENESS = 5, 0.8
"""A word with so many letters counts as copied too if it is this much alike: models that copy misspell."""

LETTER_COPIES = 4
"""A group of letters this many times in a row is a loop, in a script without spaces or within a word."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_CLAUSE = re.compile(r"[^\w\s'’-]+")

_LETTERS = re.compile(r"[^\W_]")

_MAY_LOOP = re.compile(r"([^\W\d_])\1{3}|[^\W\d_]{8}")
"""What a word with a loop of letters has."""

_LETTER_LOOP = re.compile(rf"([^\W\d_]{{2,12}}?)\1{{{LETTER_COPIES - 1},}}|([^\W\d_])\2{{4,}}")

_UNSPACED_LOOP = re.compile(r"([^\W_].{2,29}?)\1{2,}|([^\W_].?)\2{4,}")

SCANNED_MAX = 2_000
"""Letters of a translation that are searched for loops; no sentence is longer."""

UNKNOWN_SIGNS = ("<unk>", "⁇", "\ufffd", "⟦", "⟧")
"""What models write for a letter that they do not have, and signs of placeholders that hide nothing."""

_RELATED = (
    frozenset({"da", "no", "nn", "sv"}),
    frozenset({"cs", "sk"}),
    frozenset({"hr", "sr", "bs", "sl"}),
    frozenset({"pt", "gl", "es", "ca"}),
    frozenset({"ru", "uk", "be"}),
    frozenset({"bg", "mk"}),
    frozenset({"id", "ms"}),
    frozenset({"zh", "yue"}),
)
"""Languages that write many sentences with almost the same words: there only a full copy counts."""

_CLOSE = (
    frozenset({"pt", "gl", "es", "ca", "it", "ro"}),
    frozenset({"nl", "af", "de", "lb"}),
    frozenset({"da", "no", "nn", "sv", "de"}),
    frozenset({"cs", "sk", "pl", "hr", "sr", "bs", "sl"}),
)
"""Languages that share words, so that some in a row are no sign of a copy."""


def find_fault(
    text: str, translation: str, language: str, target: str, kept: Iterable[str] = (), names: Iterable[str] = ()
) -> Fault | None:
    """Return why a translation of `text` cannot be believed; None if nothing speaks against it.

    `kept` are the texts that are the same on both sides: locked terms, numbers, addresses. `names` are words that may
    stay as they are, too.
    """
    if _LETTERS.search(translation) is None:
        return "empty" if _LETTERS.search(text) else None
    if is_loop(text, translation, target):
        return "loop"
    said, written = _without(text, kept), _without(translation, kept)
    if _LETTERS.search(written) is None and _LETTERS.search(said):
        return "empty"
    said_words, words = _words(said, language), _words(written, target)
    if is_copy(said_words, words, language, target) or has_copied_words(said, written, language, target):
        return "copied"
    if any(sign in translation and sign not in text for sign in UNKNOWN_SIGNS):
        return "script"
    known = frozenset([*_WORD.findall(text), *names])
    if has_wrong_script(written, target, known):
        return "script"
    common = frequent_words().get(language, frozenset())
    names_kept = frozenset(word for word in known if not word.islower() and word.lower() not in common)
    if is_other_language(written, target, names_kept):
        return "script"
    return "length" if is_wrong_length(text, translation, language, target) else None


def is_copy(said: Sequence[str], words: Sequence[str], language: str, target: str) -> bool:
    """Return whether the words of a translation are those of the original; words are in lower case."""
    if not words or not said:
        return False
    if said == words:
        return True
    if count_exclusive(said, language, target)[0] and _is_wrapped(said, words):
        return True
    if len(words) < COPIED_WORDS or any(language in group and target in group for group in _RELATED):
        return False
    rest = list(said)
    n_same = 0
    for word in words:
        if word in rest:
            rest.remove(word)
            n_same += 1
    n_source, n_target = count_exclusive(words, language, target)
    if not n_target and 2 * n_same >= len(words):
        n_same += _count_near([word for word in words if word not in said], rest)
    share = n_same / min(len(words), len(said))
    sure = n_source and n_source >= 2 * n_target
    least = COPIED_SOURCE_SHARE if sure else COPIED_ALL if n_target > n_source else COPIED_SHARE
    if share >= least and n_same >= len(said) / 2:
        return True
    return n_source >= COPIED_RUN_SURE and n_same >= COPIED_RUN and _has_copied_run(said, words, language, target)


def _is_wrapped(said: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether a translation is the original with a word or two around it."""
    more = len(words) - len(said)
    return 0 < more <= WRAPPING_MAX and any(list(words[i : i + len(said)]) == list(said) for i in range(more + 1))


def has_copied_words(text: str, translation: str, language: str, target: str) -> bool:
    """Return whether some words in a row are those of the original, in small letters: "O show beginnt um Uhr"."""
    own = frequent_words().get(target)
    if own is None or language not in frequent_words():
        return False
    if any(language in group and target in group for group in (*_RELATED, *_CLOSE)):
        return False
    said = [clause for clause in map(_WORD.findall, _CLAUSE.split(text)) if len(clause) >= COPIED_RUN]
    runs = {tuple(words[i : i + COPIED_RUN]) for words in said for i in range(len(words) - COPIED_RUN + 1)}
    for words in map(_WORD.findall, _CLAUSE.split(translation)):
        for i in range(len(words) - COPIED_RUN + 1):
            run = tuple(words[i : i + COPIED_RUN])
            plain = [word for word in run if word.islower() and word not in own]
            n_nouns = sum(word.istitle() for word in run) if language == "de" else 0
            is_sure = len(plain) >= COPIED_PLAIN or max(map(len, plain), default=0) >= COPIED_PLAIN_LETTERS
            if run in runs and is_sure and len(plain) + n_nouns >= COPIED_PLAIN:
                return True
    return False


def _has_copied_run(said: Sequence[str], words: Sequence[str], language: str, target: str) -> bool:
    """Return whether a part of the translation is the original: "The version kommt im Mai"."""
    runs = {tuple(said[i : i + COPIED_RUN]) for i in range(len(said) - COPIED_RUN + 1)}
    for i in range(len(words) - COPIED_RUN + 1):
        run = tuple(words[i : i + COPIED_RUN])
        if run in runs and count_exclusive(run, language, target)[0] >= COPIED_RUN_SURE:
            return True
    return False


def _count_near(words: Sequence[str], others: Iterable[str]) -> int:
    """Return how many long words are almost one of the others each."""
    rest = [other for other in others if len(other) >= NEAR_LETTERS]
    n_near = 0
    for word in words:
        if len(word) >= NEAR_LETTERS:
            near = next((one for one in rest if SequenceMatcher(None, word, one).ratio() >= NEAR_LIKENESS), None)
            if near is not None:
                rest.remove(near)
                n_near += 1
    return n_near


def is_loop(text: str, translation: str, target: str) -> bool:
    """Return whether a translation says something again and again that the original does not."""
    translation, text = translation[:SCANNED_MAX].lower(), text[:SCANNED_MAX].lower()
    if target in UNSPACED:
        return _count_letters(translation, _UNSPACED_LOOP) > _count_letters(text, _UNSPACED_LOOP)
    words = _WORD.findall(translation)
    if _MAY_LOOP.search(translation) and _count_letters(translation, _LETTER_LOOP) > _count_letters(text, _LETTER_LOOP):
        return True
    pairs = list(pairwise(words))
    if len(set(pairs)) == len(pairs):
        return False
    return _repeats(words) > _repeats(_WORD.findall(text))


def is_wrong_length(text: str, translation: str, language: str, target: str) -> bool:
    """Return whether a translation is much longer or shorter than languages say the same in."""
    n_said, n_written = len(text.strip()), len(translation.strip())
    if (
        n_said >= ONE_LETTER_OF
        and target not in UNSPACED
        and target != "ko"
        and len(_LETTERS.findall(translation)) == 1
    ):
        return True
    expected = n_said * find_pace(target).letters_per_s / find_pace(language).letters_per_s
    return n_written > LONG_RATIO * expected + LONG_SPARE or n_written < SHORT_RATIO * expected - SHORT_SPARE


def _repeats(words: Sequence[str]) -> int:
    """Return how bad the repetitions of a text are: 0 for none, else how often something is said."""
    worst = 0
    n_words = len(words)
    for size in range(1, n_words // 2 + 1):
        needed = SINGLE_COPIES if size == 1 else 2 if size >= DOUBLE_WORDS else GROUP_COPIES
        run = 0
        for i in range(n_words - size):
            run = run + 1 if words[i] == words[i + size] else 0
            if run and run // size + 1 >= needed:
                worst = max(worst, run // size + 1)
    for size, copies in ((SPREAD_WORDS, SPREAD_COPIES), (SPREAD_LONG_WORDS, 2)):
        counts: dict[tuple[str, ...], int] = {}
        for i in range(n_words - size + 1):
            group = tuple(words[i : i + size])
            counts[group] = counts.get(group, 0) + 1
        most = max(counts.values(), default=0)
        worst = max(worst, most if most >= copies else 0)
    return worst


def _count_letters(text: str, pattern: re.Pattern[str]) -> int:
    """Return how many loops of letters a text has."""
    return sum(1 for _ in pattern.finditer(text))


def _words(text: str, language: str) -> list[str]:
    """Return the words in lower case; the letters of a language without spaces."""
    words = _WORD.findall(text.lower())
    return [letter for word in words for letter in word] if language in UNSPACED else words


def _without(text: str, kept: Iterable[str]) -> str:
    """Return a text without the parts that are the same on both sides."""
    for part in kept:
        if part:
            text = text.replace(part, " ")
    return text
