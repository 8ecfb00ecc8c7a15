"""How a name sounds, as a short key: two spellings of one sound get the same or a similar key; pure.

The rules are those that European spellings share (Kölner Phonetik and Metaphone know many more), because a glossary
holds names of every language. Other scripts keep their letters.
"""

import re
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "t", "æ": "e", "œ": "e", "ı": "i"})

_GROUPS = (
    ("tsch", "s"), ("sch", "s"), ("tch", "s"), ("cz", "s"), ("sz", "s"), ("ch", "k"), ("sh", "s"), ("ph", "f"),
    ("th", "t"), ("ce", "se"), ("ci", "si"), ("x", "ks"),
    ("ai", "e"), ("ay", "e"), ("ei", "e"), ("ey", "e"),
)  # fmt: skip
"""Letters that stand for one sound, or for two others; the longest come first."""

_SOUNDS = str.maketrans("bdgcqjyiouvwz", "ptkkkeeeaaffs")
"""Sounds that are often taken for one another: voiced and unvoiced, light and dark vowels."""

_REPEATS = re.compile(r"(.)\1+")


def fold_letters(text: str) -> str:
    """Return the letters and digits of a text without case, accents, spaces and punctuation.

    Katakana become hiragana, because the model chooses between them freely.
    """
    if text.isascii():
        return "".join(filter(str.isalnum, text.casefold()))
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    folded = []
    for letter in plain:
        if "\u30a1" <= letter <= "\u30f6":
            folded.append(chr(ord(letter) - 0x60))
        elif letter.isascii() or not letter.isalpha() or letter >= "\u0900":
            folded.append(letter)
        else:
            folded.append(unicodedata.normalize("NFD", letter)[0])
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LNM")


def sound_key(letters: str) -> str:
    """Return how folded letters sound; at most as long as they are, except for an x."""
    for group, sound in _GROUPS:
        if group in letters:
            letters = letters.replace(group, sound)
    sounds = (letters[:1] + letters[1:].replace("h", "")).translate(_SOUNDS)
    return _REPEATS.sub(r"\1", sounds)
