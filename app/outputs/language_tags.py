"""Language tags as meeting programs want them; pure."""

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
"""Where most speakers of a language live, if the country is not named as the language is."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}|[0-9]{3}))?")


def is_tag(written: str) -> bool:
    """Return whether this is a language, perhaps with a script and a country."""
    return _TAG.fullmatch(written) is not None


def with_country(tag: str) -> str:
    """Return a language with a country, as `de-DE` for `de`; what is no tag comes back as it is."""
    found = _TAG.fullmatch(tag)
    if found is None:
        return tag
    language = found[1].lower()
    return f"{language}-{(found[2] or COUNTRIES.get(language, language)).upper()}"
