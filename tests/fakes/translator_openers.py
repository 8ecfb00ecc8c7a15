"""Translators for worker processes; each function opens one, or fails as a model does."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from app.errors import ModelError, TranslateError
from app.translate.model import LanguagePairs
from app.translate.request import Translation, TranslationRequest
from app.translate.worker import OpenedTranslator, TranslatorReady

PAIRS = LanguagePairs(frozenset({"de", "en", "fr", "pt"}), frozenset({"de", "en", "fr", "pt"}))


class CommandedTranslator:
    """Answers `fr(text) of N` where N are the sentences in the batch; texts that begin with a command fail."""

    def translate(self, requests: Sequence[TranslationRequest]) -> list[Translation]:
        """Sleep, fail, hang or die when a text says so."""
        for request in requests:
            command, _, rest = request.text.partition(" ")
            if command == "sleep":
                time.sleep(float(rest))
            elif command == "fail":
                raise TranslateError("This sentence cannot be translated.")
            elif command == "memory" and len(requests) > 1:
                raise TranslateError("CUDA failed with error out of memory")
            elif command == "hang":
                time.sleep(600)
            elif command == "die":
                path = Path(rest) if rest else None
                if path is None or not path.exists():
                    if path is not None:
                        path.touch()
                    os._exit(1)
        return [Translation(f"{one.target}({one.text}) of {len(requests)}") for one in requests]


def commanded() -> OpenedTranslator:
    """Open the translator that follows commands."""
    return OpenedTranslator(CommandedTranslator(), TranslatorReady(PAIRS))


def broken() -> OpenedTranslator:
    """Fail as a model that does not pass its self-test."""
    raise ModelError("The translation model failed its self-test: its answer is empty.")
