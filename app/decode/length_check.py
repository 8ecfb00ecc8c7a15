"""Compares texts decoded at two encoder lengths, and finds languages that short windows harm; pure.

A sample of windows is decoded twice while there is time to spare, once at the full window and once at the shortest that
fits. A language whose texts disagree too often is decoded at the full window from then on.
"""

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.decode.request import DecodeNeed, DecodeRequest

DISTANCE_MAX = 0.25
"""Share of words that may differ between the two texts, over all samples of a language: loops and lost clauses change
more. Chosen with the demo model, windows of 2.5 to 7.5 s cut at random, 512 against 1500 frames: 0.01 and 0.07 for
clean German and English, 0.18 and 0.08 with white noise at 10 dB, where both texts have errors of their own."""

DISTANCE_BACK = 0.15
"""A language is trusted again below this share, when newer samples agree."""

SAMPLES_MIN, WORDS_MIN = 12, 60
"""Samples and words that are needed for a judgement of a language: one window that goes wrong must not decide."""

SAMPLES_MAX = 40
"""Samples that are remembered; older ones do not count, because speakers and rooms change."""

FIRST_EVERY, LATER_EVERY = 8, 50
"""One window in this number is compared, until there are enough samples, and after that."""

LOAD_MAX = 0.5
"""Share of lane time in use above which nothing is compared: people go first."""

_LETTERS = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts without spaces between words; each counts as a word."""


@dataclass(frozen=True, slots=True)
class ComparedWindow:
    """A window that is decoded a second time, at another encoder length, when nothing else waits: a `DecodeClient`."""

    window: DecodeRequest
    encoder_length: int
    """In frames of 20 ms."""

    def need(self) -> DecodeNeed:
        """Return what the scheduler needs."""
        return replace(self.window.need(), encoder_length=self.encoder_length)

    def request(self) -> DecodeRequest:
        """Return the window."""
        return self.window


def second_decode(request: DecodeRequest, language: str, encoder_length: int) -> ComparedWindow:
    """Return the second decode of a live window, which differs from the first only in its encoder length."""
    window = replace(
        request,
        tasks=("transcribe",),
        language=language,
        detect=False,
        timed=False,
        is_utterance_end=False,
        is_recorded=True,
        feature_stream="",
    )
    return ComparedWindow(window, encoder_length)


class LengthCheck:
    """The samples of one engine, by language."""

    def __init__(self) -> None:
        """Trust all languages."""
        self._samples: defaultdict[str, deque[tuple[int, int]]] = defaultdict(lambda: deque(maxlen=SAMPLES_MAX))
        """(words that differ, words) of each sample."""
        self._n_seen: defaultdict[str, int] = defaultdict(int)
        self.harmed: frozenset[str] = frozenset()
        """The languages that short windows harm."""

    def wants(self, language: str, load: float) -> bool:
        """Count a window that could be compared, and return whether it should be."""
        self._n_seen[language] += 1
        every = FIRST_EVERY if len(self._samples[language]) < SAMPLES_MIN else LATER_EVERY
        return load <= LOAD_MAX and self._n_seen[language] % every == 0

    def add(self, language: str, short: str, full: str) -> None:
        """Add the texts of one window at a short and at the full encoder length."""
        ours, theirs = split_words(short), split_words(full)
        n_words = max(len(ours), len(theirs))
        if not n_words:
            return
        self._samples[language].append((count_edits(ours, theirs), n_words))
        distance = self.distance(language)
        if distance is None:
            return
        if distance > DISTANCE_MAX:
            self.harmed |= {language}
        elif distance < DISTANCE_BACK:
            self.harmed -= {language}

    def distance(self, language: str) -> float | None:
        """Return the share of words that differ between short and full windows; None for too few samples."""
        samples = self._samples[language]
        n_words = sum(words for _, words in samples)
        if len(samples) < SAMPLES_MIN or n_words < WORDS_MIN:
            return None
        return sum(edits for edits, _ in samples) / n_words


def split_words(text: str) -> list[str]:
    """Return the words of a text without case and punctuation; letters of scripts without spaces one by one."""
    words: list[str] = []
    for word in _LETTERS.findall(text.casefold()):
        words += list(word) if _UNSPACED.search(word) else [word]
    return words


def count_edits(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many words must be inserted, deleted or replaced to make two texts equal (Levenshtein)."""
    costs = list(range(len(second) + 1))
    for i, one in enumerate(first, start=1):
        before, costs[0] = costs[0], i
        for j, other in enumerate(second, start=1):
            before, costs[j] = costs[j], min(before + (one != other), costs[j] + 1, costs[j - 1] + 1)
    return costs[-1]
