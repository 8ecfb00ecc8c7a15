"""Whether a text is in the language that was asked for, by its script and its frequent words; pure.

A wrong alarm costs a second decode; so the rules ask for clear evidence of another language, and doubt passes.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

WORDS = Path(__file__).parent / "frequent_words.json"
"""Frequent words of languages with Latin letters."""

SCRIPTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "mn", "tg", "tt", "ba", "ky"), ("CYRILLIC",)),
    **dict.fromkeys(("sr", "bs", "hr", "az", "uz", "tk"), ("LATIN", "CYRILLIC")),
    "el": ("GREEK",),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "sd", "ug"), ("ARABIC",)),
    **dict.fromkeys(("he", "yi"), ("HEBREW",)),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), ("DEVANAGARI",)),
    **dict.fromkeys(("bn", "as"), ("BENGALI",)),
    "ta": ("TAMIL",),
    "te": ("TELUGU",),
    "kn": ("KANNADA",),
    "ml": ("MALAYALAM",),
    "gu": ("GUJARATI",),
    "pa": ("GURMUKHI", "ARABIC"),
    "or": ("ORIYA",),
    "si": ("SINHALA",),
    "th": ("THAI",),
    "lo": ("LAO",),
    "bo": ("TIBETAN",),
    "my": ("MYANMAR",),
    "km": ("KHMER",),
    "ka": ("GEORGIAN",),
    "hy": ("ARMENIAN",),
    "am": ("ETHIOPIC",),
    "ko": ("HANGUL", "CJK"),
    "ja": ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"),
    **dict.fromkeys(("zh", "yue"), ("CJK", "BOPOMOFO", "IDEOGRAPHIC")),
}
"""The scripts of languages, as Unicode's names of letters begin; the others are written in Latin letters."""

ALIEN = {"ru": "іїєґўўјљњ", "uk": "ыэъё", "bg": "ыэёіїє", "be": "ищъїє", "mk": "ыэёщъьюя"}
"""Letters of the same script that a language does not have."""

LATIN_SHARE_MAX = 0.6
"""Largest share of Latin letters in a text of another script: names and units have them."""

KANA_LETTERS = 16
"""A Japanese sentence with this many Han letters has kana too; without any it is Chinese."""

EXCLUSIVE_MIN = 2
"""Frequent words of another language that the wanted one does not have; with fewer there is no alarm."""

RELATED = 2
"""So many times more of them than of the words that only the wanted language has: related languages share many."""

SHORT_WORDS = 3
"""In so few words one frequent word of another language is enough, if the wanted one has none."""

LETTERS: Mapping[str, str] = {
    "de": "äöüß",
    "en": "",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "pt": "áâãàçéêíóôõúü",
    "es": "áéíñóúü",
    "it": "àèéìíîòóùú",
    "nl": "éëïóöüèêáíú",
    "sv": "åäöéà",
    "da": "æøåéó",
    "no": "æøåéòóôê",
    "nn": "æøåéòóôê",
    "fi": "äöåšž",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "hu": "áéíóöőúüű",
}
"""The letters of languages besides a to z; a word in small letters with another one is foreign."""

_PLAIN = re.compile(r"[\x00-\u024f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20cf\u2100-\u214f\u2190-\u21ff\u00b5]*")
"""Latin letters, punctuation and signs."""

_ALIEN_LETTER = {language: re.compile(f"[^a-z'’{letters}]") for language, letters in LETTERS.items()}

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

_RUN = re.compile("[a-zA-Z\u00c0-\u024f]+|[^\\W\\d_a-zA-Z\u00c0-\u024f]+")
"""Latin letters, or others: "PowerPointを" is two."""


def find_scripts(target: str) -> tuple[str, ...]:
    """Return the scripts of a language."""
    return SCRIPTS.get(target, ("LATIN",))


def has_wrong_script(text: str, target: str, known: frozenset[str]) -> bool:
    """Return whether a text has letters that the target language is not written in.

    `known` has words that may stay as they are in the original: names, terms.
    """
    wanted = find_scripts(target)
    if wanted == ("LATIN",) and _PLAIN.fullmatch(text):
        return False
    n_wanted = n_latin = n_other = n_kana = n_han = 0
    for word in _RUN.findall(text):
        if word in known:
            continue
        scripts = [_script(letter) for letter in word]
        is_symbol = len(word) == 1 and scripts[0] == "GREEK"  # "Ω" and "π" are read in every language
        n_kana += sum(script in ("HIRAGANA", "KATAKANA") for script in scripts)
        n_han += sum(script == "CJK" for script in scripts)
        for script in scripts:
            n_wanted += script in wanted
            n_latin += script == "LATIN" and "LATIN" not in wanted
            n_other += script not in wanted and script not in ("LATIN", "") and not is_symbol
        if any(letter in ALIEN.get(target, "") for letter in word.lower()):
            n_other += 1
    if n_other:
        return True
    if target == "ja" and n_han >= KANA_LETTERS and not n_kana:
        return True
    return n_latin > LATIN_SHARE_MAX * (n_wanted + n_latin) and n_latin > 2


def is_other_language(text: str, target: str, known: frozenset[str]) -> bool:
    """Return whether the frequent words of a text are those of another language than the target.

    Only languages with Latin letters are compared. `known` has words that may stay as they are in the original.
    """
    own = frequent_words().get(target)
    if own is None or find_scripts(target) != ("LATIN",):
        return False
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text) if word not in known]
    words += [part for word in words if "'" in word for part in word.split("'")]
    n_own = sum(word in own for word in words)
    if 2 * n_own >= len(words):
        return False
    n_alien = sum(_ALIEN_LETTER[target].search(word) is not None for word in words) if target in LETTERS else 0
    exclusive: dict[str, int] = {}
    shared: dict[str, int] = {}
    for word in words:
        counts = shared if word in own else exclusive
        for other in _languages_of().get(word, ()):
            counts[other] = counts.get(other, 0) + 1
    for other, n_other in exclusive.items():
        n_own_alone = n_own - shared.get(other, 0)
        if n_other + n_alien >= EXCLUSIVE_MIN and n_other + n_alien > RELATED * n_own_alone:
            return True
    is_short = 0 < len(words) <= SHORT_WORDS and n_own == 0
    return is_short and 2 * (max(exclusive.values(), default=0) + n_alien) >= len(words)


def count_exclusive(words: Sequence[str], language: str, target: str) -> tuple[int, int]:
    """Return how many words are frequent in `language` only, and in `target` only; 0 where nothing is known."""
    known = frequent_words()
    source_words, target_words = known.get(language), known.get(target)
    if source_words is None or target_words is None:
        return 0, 0
    return (
        sum(word in source_words and word not in target_words for word in words),
        sum(word in target_words and word not in source_words for word in words),
    )


@cache
def frequent_words() -> Mapping[str, frozenset[str]]:
    """Return the frequent words of each language."""
    read = json.loads(WORDS.read_text(encoding="utf-8"))
    del read["source"]
    return {language: frozenset(words.split()) for language, words in read.items()}


@cache
def _languages_of() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in frequent_words().items():
        for word in words:
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """Return the script of a letter; empty for marks and signs of no script."""
    if not letter.isalpha():
        return ""
    name = unicodedata.name(letter, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    first = name.partition(" ")[0]
    return "" if first in ("MODIFIER", "FEMININE", "MASCULINE", "MICRO") else first.partition("-")[0]
