"""What `surtitle bench translate` translates: the clips of a manifest, or the lines of the demo meeting."""

import json
from dataclasses import dataclass
from pathlib import Path

from app.bench import manifest
from app.decode import demo_files
from app.errors import SettingsError

LANGUAGES = {"de": "german", "en": "english", "fr": "french", "pt": "portuguese"}
"""The fields of the demo meeting's script."""


@dataclass(frozen=True, slots=True)
class TranslatedLine:
    """One sentence or clip in several languages."""

    language: str
    text: str
    translations: dict[str, str]
    """What it is in other languages, by code."""

    def reference(self, language: str) -> str:
        """Return the right text in a language, empty if it is not known."""
        return self.text if language == self.language else self.translations.get(language, "")


@dataclass(frozen=True, slots=True)
class Speech:
    """A recording, and the lines that are said in it."""

    audio: Path
    lines: tuple[TranslatedLine, ...]


def read_speeches(path: Path | None) -> list[Speech]:
    """Return the clips of a manifest, or with None the demo meeting.

    Raises:
        SettingsError: The manifest is invalid, or a clip has no language or no translations.
    """
    if path is None:
        return [Speech(demo_files.MEETING, tuple(_read_meeting()))]
    speeches = []
    for number, line in enumerate(manifest.read(path), start=1):
        if line.language is None or line.task != "transcribe" or not line.translations:
            raise SettingsError(
                f"Expected a language, the task transcribe and translations in line {number} of {path.name}, such as "
                '"language": "de", "translations": {"en": "Good morning."}; add them.'
            )
        script = TranslatedLine(line.language, line.reference, line.translations)
        speeches.append(Speech(line.audio, (script,)))
    return speeches


def _read_meeting() -> list[TranslatedLine]:
    script = json.loads(demo_files.MEETING_SCRIPT.read_text(encoding="utf-8"))
    return [
        TranslatedLine(
            line["language"],
            line["text"],
            {code: line[name] for code, name in LANGUAGES.items() if code != line["language"]},
        )
        for line in script["lines"]
    ]
