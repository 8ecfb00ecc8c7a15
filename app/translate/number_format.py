"""How languages write numbers in digits; pure.

A number is rewritten only where its reading is certain in the language that it comes from; else it stays as it is.
"""

import re

_NARROW = "\u202f"
"""A narrow space that does not break, which groups digits in French and other languages."""

_SPACE = "\u00a0"

POINT, COMMA = ".", ","

SEPARATORS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("en", "zh", "ja", "ko", "th", "he", "ms", "tl", "cy", "mt", "yue", "hi", "bn", "ta"), (COMMA, POINT)
    ),
    **dict.fromkeys(
        ("de", "es", "pt", "it", "nl", "da", "tr", "id", "el", "ro", "hr", "sl", "sr", "bs"), (POINT, COMMA)
    ),
    **dict.fromkeys(("ca", "gl", "eu", "is", "fo", "vi", "mk", "lb"), (POINT, COMMA)),
    "fr": (_NARROW, COMMA),
    **dict.fromkeys(("sv", "no", "nn", "fi", "pl", "cs", "sk", "hu", "ru", "uk", "be", "bg"), (_SPACE, COMMA)),
    **dict.fromkeys(("et", "lv", "lt", "sq", "ka", "hy", "kk", "az"), (_SPACE, COMMA)),
}
"""What groups thousands, and what is before the decimals. Source: Unicode CLDR, `numbers/symbols`."""

DOTTED_ORDINALS = frozenset({"de", "da", "no", "nn", "fi", "cs", "sk", "sl", "hr", "hu", "pl", "tr", "lv", "et", "is"})
"""Languages that write "3." for an ordinal number."""

_GROUPED = re.compile(r"(\d{1,3}(?:([.,'’\u00a0\u202f ])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?")

_DECIMAL = re.compile(r"(\d+)([.,])(\d+)")


def localise(number: str, language: str, target: str) -> str:
    """Return a number in digits as the target language writes it; unchanged if its reading is uncertain."""
    own, other = SEPARATORS.get(language), SEPARATORS.get(target)
    if own is None or other is None or own == other:
        return number
    grouped, decimal = _GROUPED.fullmatch(number), _DECIMAL.fullmatch(number)
    if grouped and _is_grouping(grouped, own):
        whole = re.sub(r"\D", other[0], grouped[1])
        return f"{whole}{other[1]}{grouped[4]}" if grouped[4] else whole
    if decimal and decimal[2] == own[1]:
        return f"{decimal[1]}{other[1]}{decimal[3]}"
    return number


def read_keys(number: str) -> frozenset[str]:
    """Return every value that a number in digits can have: "1.250" is 1250 and 1.25, depending on the language."""
    digits = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in number)
    keys = set()
    if (grouped := _GROUPED.fullmatch(digits)) and digits[0] != "0":
        keys.add(_plain(re.sub(r"\D", "", grouped[1]), grouped[4] or ""))
    if decimal := _DECIMAL.fullmatch(digits):
        keys.add(_plain(decimal[1], decimal[3]))
        if len(decimal[1]) <= 2 and len(decimal[3]) <= 2:
            keys.add(f"{int(decimal[1])}-{int(decimal[3])}")  # the time 14.30
    if digits.isdecimal():
        # a number that begins with zero is a code or a telephone number, apart from the two digits of a day or hour
        keys.add(digits if len(digits) > 2 and digits[0] == "0" else _plain(digits, ""))
    if not keys:
        keys.add("-".join(part.lstrip("0") or "0" for part in re.findall(r"\d+", digits)))
    return frozenset(keys)


def write_ordinal(value: str, target: str) -> str:
    """Return an ordinal number in digits: 3. in German, 3rd in English, 3e in French; 3 where nothing is known."""
    if target in DOTTED_ORDINALS:
        return f"{value}."
    if target == "en":
        ending = {"1": "st", "2": "nd", "3": "rd"}.get(value[-1:], "th")
        return value + ("th" if value[-2:] in {"11", "12", "13"} else ending)
    if target == "fr":
        return f"{value}{'er' if value == '1' else 'e'}"
    return value + {"es": ".º", "pt": ".º", "it": "º", "nl": "e", "sv": ":e"}.get(target, "")


def _is_grouping(found: re.Match[str], own: tuple[str, str]) -> bool:
    """Return whether the separator of groups of three digits is one in this language."""
    separator = found[2]
    if found[1].startswith("0"):
        return False
    is_space = separator in f" {_SPACE}{_NARROW}"
    return (
        separator == own[0]
        or separator in "'’"
        or (is_space and own[0] in (_SPACE, _NARROW))
        or (found[3] is not None and found[3] != separator)
    )


def _plain(whole: str, decimals: str) -> str:
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole
