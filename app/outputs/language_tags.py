"""Language tags with a country, as meeting programs expect them; pure."""

import re

COUNTRIES = {
    "ar": "SA",
    "cs": "CZ",
    "da": "DK",
    "el": "GR",
    "en": "US",
    "et": "EE",
    "fa": "IR",
    "he": "IL",
    "hi": "IN",
    "ja": "JP",
    "ko": "KR",
    "pt": "BR",
    "sl": "SI",
    "sv": "SE",
    "uk": "UA",
    "vi": "VN",
    "zh": "CN",
}
"""The country of most speakers of a language, if its code differs from the code of the language."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}|[0-9]{3}))?")


def is_tag(text: str) -> bool:
    """Return whether this is a language code, with or without a script and a country."""
    return _TAG.fullmatch(text) is not None


def with_country(tag: str) -> str:
    """Return a tag with a country, as `de-DE` for `de`; any other text is returned unchanged."""
    found = _TAG.fullmatch(tag)
    if found is None:
        return tag
    language = found[1].lower()
    return f"{language}-{(found[2] or COUNTRIES.get(language, language)).upper()}"
