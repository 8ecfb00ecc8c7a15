"""Word errors of English text after Whisper's normalizer, so that figures can be compared with published ones.

It writes number words as digits, contractions and titles in full, and British spelling as American, and drops brackets
and hesitation. Source: openai/whisper `normalizers/english.py`, as packaged by whisper-normalizer.
"""

from functools import cache

from app.bench.score import Errors, count_word_errors
from app.errors import SettingsError

try:
    from whisper_normalizer.english import EnglishTextNormalizer
except ImportError as exc:
    raise SettingsError("Figures need the extra bench: install surtitle[bench].") from exc


def count_english_errors(reference: str, written: str) -> Errors:
    """Count word errors after both texts were normalized."""
    return count_word_errors(normalize_english(reference), normalize_english(written))


def normalize_english(text: str) -> str:
    """Return an English text as Whisper's normalizer writes it."""
    return str(_normalizer()(text))


@cache
def _normalizer() -> EnglishTextNormalizer:
    return EnglishTextNormalizer()
