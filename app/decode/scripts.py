"""How fast languages are spoken, in Whisper's tokens, in words and in letters; pure.

Whisper's vocabulary spends most of its tokens on the Latin script: a letter of Burmese or Tibetan takes three tokens, a
word of English one. So limits against runaway text differ by language.
"""

import math
from dataclasses import dataclass

FASTEST = 1.5
"""Fast speech over normal speech; nobody speaks faster than this for a whole sentence."""

UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue", "km", "bo"})
"""Languages without spaces between words; each of their tokens with a letter or digit begins a word. The first six are
those of openai/whisper `split_to_word_tokens`; Khmer and Tibetan are written without spaces too, and as a single word a
whole clause could never be committed in part."""

CONTEXT_TOKENS = 448
"""Tokens of the decoder's context: prompt, start and text. Source: openai/whisper `n_text_ctx`."""

TEXT_TOKENS = CONTEXT_TOKENS // 2
"""Tokens of text that Whisper writes in one window. Source: openai/whisper `sample_len`. Only a language that cannot
say a window's speech in so few may use the rest of the context."""

FRAME_TOKENS = 5
"""Tokens around the text: start of transcript, language, task, no timestamps, and the end for its alignment."""

SPARE_TOKENS = 16
"""New tokens allowed on top of the rate, so that a short window may contain a fast remark."""

ALLOWED = 2.0
"""New tokens allowed over those of a normal pace: FASTEST, and a third more for names, numbers and other sentences."""

ALLOWED_TOKENS_PER_S = 12.0
"""Fewest new tokens allowed per second of sound, in any language."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A language at a normal, fluent pace."""

    tokens_per_s: float
    """Whisper's tokens, of the multilingual vocabulary."""
    words_per_s: float
    """Words as `group_tokens` makes them: in languages without spaces about one a letter."""
    letters_per_s: float
    """Characters with spaces and marks."""


PACES = {
    "af": Pace(7.2, 4.0, 19.0),
    "am": Pace(39.5, 3.2, 16.2),
    "ar": Pace(7.5, 2.5, 15.8),
    "as": Pace(34.8, 3.0, 17.5),
    "az": Pace(8.5, 3.0, 19.0),
    "ba": Pace(19.0, 3.0, 19.2),
    "be": Pace(9.0, 3.2, 17.8),
    "bg": Pace(7.2, 3.2, 16.8),
    "bn": Pace(30.2, 2.8, 15.5),
    "bo": Pace(66.5, 10.5, 22.2),
    "br": Pace(8.5, 3.8, 18.2),
    "bs": Pace(6.8, 3.2, 16.8),
    "ca": Pace(5.5, 3.2, 16.0),
    "cs": Pace(7.2, 3.2, 16.2),
    "cy": Pace(9.2, 3.5, 19.2),
    "da": Pace(5.8, 3.5, 17.5),
    "de": Pace(4.2, 3.5, 19.5),
    "el": Pace(10.0, 3.8, 20.2),
    "en": Pace(4.5, 4.0, 20.5),
    "es": Pace(4.2, 3.8, 18.8),
    "et": Pace(6.8, 2.5, 16.5),
    "eu": Pace(6.8, 2.8, 16.8),
    "fa": Pace(10.5, 2.8, 14.8),
    "fi": Pace(7.5, 2.5, 18.5),
    "fo": Pace(8.0, 3.5, 18.2),
    "fr": Pace(5.2, 3.8, 22.0),
    "gl": Pace(5.0, 3.2, 15.2),
    "gu": Pace(42.0, 3.2, 16.5),
    "ha": Pace(8.8, 4.0, 21.0),
    "haw": Pace(9.8, 4.8, 22.0),
    "he": Pace(6.5, 3.0, 13.5),
    "hi": Pace(17.5, 3.5, 16.0),
    "hr": Pace(6.8, 3.2, 17.0),
    "ht": Pace(7.8, 4.8, 21.8),
    "hu": Pace(8.0, 3.2, 18.0),
    "hy": Pace(22.8, 3.0, 18.0),
    "id": Pace(6.2, 3.5, 20.5),
    "is": Pace(9.5, 3.8, 19.2),
    "it": Pace(6.2, 3.0, 18.5),
    "ja": Pace(5.2, 4.8, 8.0),
    "jw": Pace(7.0, 3.2, 20.2),
    "ka": Pace(44.5, 2.5, 18.2),
    "kk": Pace(12.5, 3.0, 19.0),
    "km": Pace(34.8, 7.5, 16.0),
    "kn": Pace(30.2, 2.8, 18.5),
    "ko": Pace(4.8, 2.5, 10.5),
    "la": Pace(5.5, 3.0, 16.0),
    "lb": Pace(7.5, 3.2, 19.0),
    "ln": Pace(8.8, 4.0, 21.0),
    "lo": Pace(48.2, 12.2, 16.5),
    "lt": Pace(9.0, 3.0, 18.2),
    "lv": Pace(7.5, 3.0, 16.0),
    "mg": Pace(9.5, 3.8, 23.8),
    "mi": Pace(9.2, 4.5, 19.0),
    "mk": Pace(8.8, 3.2, 17.8),
    "ml": Pace(49.5, 2.2, 22.8),
    "mn": Pace(13.8, 3.2, 19.5),
    "mr": Pace(22.5, 3.0, 18.2),
    "ms": Pace(6.2, 3.5, 21.5),
    "mt": Pace(11.5, 3.0, 20.5),
    "my": Pace(61.5, 8.0, 21.8),
    "ne": Pace(21.8, 3.2, 18.5),
    "nl": Pace(5.5, 3.5, 19.2),
    "nn": Pace(6.2, 3.8, 17.5),
    "no": Pace(6.0, 3.8, 18.5),
    "oc": Pace(6.8, 3.0, 17.0),
    "pa": Pace(31.2, 3.2, 15.5),
    "pl": Pace(7.0, 3.0, 16.8),
    "ps": Pace(15.2, 4.8, 19.5),
    "pt": Pace(5.0, 3.8, 18.0),
    "ro": Pace(7.0, 3.2, 19.5),
    "ru": Pace(5.8, 3.2, 17.2),
    "sa": Pace(20.8, 2.0, 17.2),
    "sd": Pace(11.5, 3.0, 15.5),
    "si": Pace(24.5, 3.5, 15.5),
    "sk": Pace(7.0, 3.2, 16.5),
    "sl": Pace(6.2, 3.2, 16.0),
    "sn": Pace(7.8, 2.0, 19.2),
    "so": Pace(8.0, 3.0, 20.5),
    "sq": Pace(10.8, 3.5, 19.2),
    "sr": Pace(8.5, 3.2, 16.8),
    "su": Pace(7.8, 3.2, 21.5),
    "sv": Pace(5.2, 3.8, 17.0),
    "sw": Pace(8.2, 3.2, 21.2),
    "ta": Pace(22.8, 3.0, 26.0),
    "te": Pace(41.5, 2.8, 22.2),
    "tg": Pace(11.0, 3.5, 17.5),
    "th": Pace(11.5, 8.0, 14.8),
    "tk": Pace(9.2, 3.5, 21.2),
    "tl": Pace(8.0, 3.8, 23.5),
    "tr": Pace(4.8, 2.5, 16.2),
    "tt": Pace(15.2, 3.2, 19.8),
    "uk": Pace(6.5, 3.2, 18.5),
    "ur": Pace(9.8, 4.0, 16.5),
    "uz": Pace(9.0, 3.0, 20.8),
    "vi": Pace(6.8, 4.5, 20.0),
    "yi": Pace(14.0, 3.8, 19.0),
    "yo": Pace(13.8, 3.8, 18.5),
    "yue": Pace(6.2, 4.5, 5.2),
    "zh": Pace(5.8, 4.5, 5.5),
}
"""Measured with one everyday sentence of the same meaning in each language (`tests/support/everyday_sentences.json`),
which takes four seconds: in English 20 syllables at 6.2 a second and the pause between its two sentences. Languages
convey information at about the same rate, 39 bits a second with 15 % deviation, so the same meaning takes about the
same time in each. Source: Coupé et al., Science Advances 2019, 17 languages. `tests/decode/test_scripts.py` measures
again."""

UNKNOWN_PACE = Pace(12.0, 5.0, 24.0)
"""For a language that Whisper does not have; faster than most."""


def find_pace(language: str) -> Pace:
    """Return the pace of a language."""
    return PACES.get(language, UNKNOWN_PACE)


def count_room(n_prompt: int = 0) -> int:
    """Return how many tokens of text fit into the decoder's context after a prompt of `n_prompt` tokens."""
    return CONTEXT_TOKENS - n_prompt - FRAME_TOKENS


def cap_tokens(language: str, duration_s: float, n_prompt: int = 0) -> int:
    """Return how many new tokens a window of `duration_s` may have; more are a loop.

    `n_prompt` counts all tokens before the start of the transcript.
    """
    rate = find_pace(language).tokens_per_s
    wanted = SPARE_TOKENS + math.ceil(max(ALLOWED_TOKENS_PER_S, ALLOWED * rate) * duration_s)
    room = count_room(n_prompt)
    return min(wanted, room, TEXT_TOKENS if FASTEST * rate * duration_s <= TEXT_TOKENS else room)


def longest_window_s(language: str) -> float:
    """Return the longest window whose speech fits into the decoder's context at the fastest pace, in seconds.

    30 s or more for most languages, but 10 s for Kannada, 6 s for Malayalam and 4.5 s for Tibetan: of a longer window
    the end is missing.
    """
    return (count_room() - SPARE_TOKENS) / (FASTEST * find_pace(language).tokens_per_s)
