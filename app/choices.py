"""Values with a fixed set of names: finds the one that a text means, and says what was expected where it means none."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from app.errors import SettingsError
from app.redaction import HIDDEN, redact_url

ALIKE = 0.6
"""How alike two words are at least for one to be suggested for the other: difflib's usual value."""

GOT_CHARS = 60
"""Longest part of a wrong value that a sentence repeats."""

TASKS = ("transcribe", "translate")
DEVICES = ("auto", "cpu", "cuda")

ALIASES: Mapping[str, str] = {
    "gpu": "cuda",
    "nvidia": "cuda",
    "processor": "cpu",
    "asr": "transcribe",
    "english": "en",
    "webvtt": "vtt",
    "subrip": "srt",
    "text": "txt",
    "excel": "csv",
    "reader": "viewer",
    "audience": "viewer",
    "speaker": "source",
    "microphone": "source",
    "moderator": "operator",
    "owner": "admin",
    "prometheus": "metrics",
}
"""What people write for one of our names; suggested, never taken, because it is only a guess."""


def choose(text: str, choices: Sequence[str], where: str) -> str:
    """Return the one of `choices` that `text` is, in upper or lower case.

    `where` names what the value is for, such as `--task`.

    Raises:
        SettingsError: It is none of them.
    """
    found = text.strip().lower()
    if found not in choices:
        raise SettingsError(expect_one_of(choices, where, text))
    return found


def expect_one_of(choices: Sequence[str], where: str, got: object) -> str:
    """Return the sentences for a value that is none of `choices`."""
    return expect(either(choices), where, got, suggest(str(got), choices))


def expect(what: str, where: str, got: object, suggestion: str | None = None) -> str:
    """Return what was expected, where, and what came; and the value that was probably meant, if there is one."""
    sentence = f"Expected {what} for {where}, but got {quote(got)}."
    return f"{sentence} Did you mean {suggestion}?" if suggestion else sentence


def suggest(got: str, choices: Iterable[str], aliases: Mapping[str, str] = ALIASES) -> str | None:
    """Return the choice that was probably meant: the one it stands for, the nearest number, or the most alike word."""
    known = {choice.casefold(): choice for choice in choices}
    asked = got.strip().casefold()
    alias = aliases.get(asked, "").casefold()
    if alias in known:
        return known[alias]
    numbers = [choice for choice in known if choice.isdecimal()]
    if numbers and re.fullmatch(r"\d{1,9}", asked):
        return min(numbers, key=lambda number: abs(int(number) - int(asked)))
    alike = get_close_matches(asked, known, n=1, cutoff=ALIKE)
    return known[alike[0]] if alike else None


def either(names: Sequence[str]) -> str:
    """Return names for a sentence: `a`, `a or b`, `a, b or c`."""
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def quote(got: object) -> str:
    """Return a wrong value for a sentence: shortened, and addresses without their secrets."""
    if isinstance(got, bool | int | float):
        return str(got)
    text = str(got)
    shown = redact_url(text)
    if not text:
        return "nothing"
    text = shown if shown in (text, HIDDEN) else f"{shown}/…"
    return repr(text if len(text) <= GOT_CHARS else f"{text[:GOT_CHARS]}…")
