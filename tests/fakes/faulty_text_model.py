"""A translation model that knows the right answers and gives wrong ones, for tests of what is done about them."""

import random
from collections.abc import Callable, Mapping, Sequence

from app.translate.model import LanguagePairs, ModelCandidate, ModelRow

MARK = " – "
"""Stands between a sentence that the model knows and words that it copies."""

Fault = Callable[[random.Random, ModelRow, str], str]

CYRILLIC = str.maketrans("abcdefghiklmnoprstuvz", "абцдефгхиклмнопрстувз")


def _other_script(_: random.Random, __: ModelRow, right: str) -> str:
    return right.lower().translate(CYRILLIC)


def _some_other_letters(generator: random.Random, _: ModelRow, right: str) -> str:
    words = right.split(" ")
    words[generator.randrange(len(words))] = generator.choice(("結果", "Привет", "ผลลัพธ์", "نتيجة", "결과는"))
    return " ".join(words)


def _loop_word(generator: random.Random, _: ModelRow, right: str) -> str:
    words = right.split(" ")
    at = generator.randrange(len(words))
    return " ".join([*words[:at], *[words[at].strip(".,") or "x"] * generator.randint(5, 40)])


def _loop_group(generator: random.Random, _: ModelRow, right: str) -> str:
    words = right.split(" ")
    size = min(len(words), generator.randint(2, 5))
    return " ".join([*words, *words[-size:] * generator.randint(3, 12)])


def _twice(_: random.Random, __: ModelRow, right: str) -> str:
    return f"{right} {right} {right}"


def _loop_letters(generator: random.Random, _: ModelRow, right: str) -> str:
    return right[: len(right) // 2] + generator.choice(("ha", "lo", "xyz", "é")) * generator.randint(8, 60)


def _copy(_: random.Random, row: ModelRow, __: str) -> str:
    return row.text


def _copy_loudly(_: random.Random, row: ModelRow, __: str) -> str:
    return row.text.upper()


def _near_copy(generator: random.Random, row: ModelRow, _: str) -> str:
    return f"{generator.choice(('Oh', 'Na', 'Ok'))} {row.text}"


def _drop_signs(generator: random.Random, _: ModelRow, right: str) -> str:
    number = generator.randint(1, 2)
    return right.replace(f"⟦{number}⟧", "").replace("1", "7")


def _double_placeholders(_: random.Random, __: ModelRow, right: str) -> str:
    return right.replace("⟦1⟧", "⟦1⟧ ⟦1⟧")


def _break_placeholders(_: random.Random, __: ModelRow, right: str) -> str:
    return right.replace("⟧", "")


def _other_placeholders(_: random.Random, __: ModelRow, right: str) -> str:
    return right.replace("⟦1⟧", "⟦8⟧") + " ⟦9⟧"


FAULTS: Mapping[str, Fault] = {
    "empty": lambda *_: "",
    "dots": lambda *_: " … .",
    "script": _other_script,
    "letters": _some_other_letters,
    "word": _loop_word,
    "group": _loop_group,
    "twice": _twice,
    "laughter": _loop_letters,
    "copy": _copy,
    "loud copy": _copy_loudly,
    "near copy": _near_copy,
    "signs": _drop_signs,
    "doubled": _double_placeholders,
    "broken": _break_placeholders,
    "others": _other_placeholders,
    "unknown": lambda _, __, right: right.replace(" ", " <unk> ", 1) + "⁇",
    "runaway": lambda _, row, right: (
        right + " " + "".join(chr(97 + i * 7 % 26) + " " * (i % 5 == 0) for i in range(400))
    ),
    "short": lambda _, __, right: right[:1],
}
"""What a broken model writes instead of the right text; the right text where a fault changes nothing."""


class FaultyTextModel:
    """Translates the sentences that it was given, copies what stands behind MARK, and fails as often as it is told.

    `answers` has the right text by (text, language, target). A row that it does not know has an answer of dots.
    """

    context_sentences = 0

    def __init__(
        self,
        answers: Mapping[tuple[str, str, str], str],
        generator: random.Random,
        *,
        share: float = 1.0,
        faults: Mapping[str, Fault] = FAULTS,
        has_placeholders: bool = True,
        further: Mapping[tuple[str, str], Sequence[str]] | None = None,
    ) -> None:
        """Fail for this share of the candidates; `further` has sentences by (language, target) of other languages."""
        languages = frozenset(language for _, language, _ in answers) | frozenset(target for _, _, target in answers)
        self.pairs = LanguagePairs(languages, languages)
        self.batches: list[list[ModelRow]] = []
        self.written: dict[str, int] = {}
        """How often each fault was written."""
        self._answers = answers
        self._generator = generator
        self._share = share
        self._faults = tuple(faults.items())
        self._has_placeholders = has_placeholders
        self._further = further or {}

    def placeholder(self, number: int) -> str | None:
        """Return ⟦1⟧ to ⟦9⟧, if it has any."""
        return f"⟦{number}⟧" if self._has_placeholders else None

    def generate(self, rows: Sequence[ModelRow], *, beam_size: int = 1, n_best: int = 1) -> list[list[ModelCandidate]]:
        """Return candidates, some of them wrong."""
        self.batches.append(list(rows))
        return [[self._write(row) for _ in range(n_best)] for row in rows]

    def translate(self, row: ModelRow) -> str:
        """Return the right answer: what a row's known sentence means, and what stands behind it, unchanged."""
        known, mark, rest = row.text.partition(MARK)
        answer = self._answers.get((known, row.language, row.target), "…") + mark + rest
        if row.prefix:
            return answer.removeprefix(row.prefix).strip() if answer.startswith(row.prefix) else "…"
        return answer

    def _write(self, row: ModelRow) -> ModelCandidate:
        right = self.translate(row)
        if self._generator.random() >= self._share:
            return ModelCandidate(right, -0.01, is_complete=True)
        name, fault = self._generator.choice(self._faults)
        wrong = fault(self._generator, row, right)
        self.written[name] = self.written.get(name, 0) + (wrong != right)
        return ModelCandidate(wrong, -0.01, is_complete=True)
