"""The locked terms of a sentence, from a room's glossary; pure."""

import unicodedata

from app.decode.glossary import Glossary
from app.translate.request import LockedTerm


def find_terms(glossary: Glossary, text: str, language: str, target: str) -> tuple[LockedTerm, ...]:
    """Return the terms of a text whose translation into `target` the glossary fixes; `language` is that of the text."""
    found = glossary.find_fixed(unicodedata.normalize("NFC", text), language, target)
    return tuple(LockedTerm(source, translation) for source, translation in found)
