"""Writes phrases as a subtitle file: SRT, WebVTT, plain text, JSON or CSV; pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, cast, get_args

from app import choices
from app.captions.event import Event
from app.captions.speaker_names import SpeakerNaming, mark_change
from app.errors import SettingsError
from app.outputs import plain, srt, table, vtt
from app.outputs.cues import Cue, schedule, split_cues, tidy
from app.outputs.fallback import mark_fallback
from app.outputs.pacing import Pausing, at_once

Format = Literal["srt", "vtt", "txt", "json", "csv"]
"""The formats by their file suffix."""

FORMATS: tuple[Format, ...] = get_args(Format)

TEXTS: tuple[Format, ...] = ("srt", "vtt", "txt")
"""The formats without a field for the language: it stands before the text of a phrase that was not translated."""

SHOWN_AS_LABELLED = SpeakerNaming()
"""Names that nobody has changed."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_format(name: str, where: str = "the format") -> Format:
    """Return the format of this name, in upper or lower case; `where` names what it is for.

    Raises:
        SettingsError: There is no such format.
    """
    return cast("Format", choices.choose(name, FORMATS, where))


def file_format(path: Path) -> Format:
    """Return the format that a file's suffix names.

    Raises:
        SettingsError: The suffix names none.
    """
    found = _find_format(path.suffix.lower().removeprefix("."))
    if found is None:
        suffixes = [f".{name}" for name in FORMATS]
        similar = choices.suggest(path.suffix.removeprefix("."), FORMATS)
        likely = f" Did you mean {path.with_suffix(f'.{similar}').name}?" if similar else ""
        raise SettingsError(
            f"Expected a subtitle file that ends in {choices.either(suffixes)}, but got {path.name}.{likely}"
        )
    return found


def write(
    kind: Format, phrases: Sequence[Event], pace: Pausing = at_once, naming: SpeakerNaming = SHOWN_AS_LABELLED
) -> str:
    """Return the whole file for these phrases of one track, in the order of their sound; withdrawn ones are left out.

    Times are seconds on the room's audio clock. JSON and CSV keep the text of a phrase as it is; the others tidy it,
    see `cues.tidy`. A speaker is a voice in WebVTT; in SRT and plain text the name is written before the text where the
    speaker changes; `naming` has the names. JSON and CSV have the language of each phrase; in the others a phrase that
    was not translated begins with it, as `[de]`. Lone surrogates, which are not valid in UTF-8, become U+FFFD. `pace`
    gets all phrases and cues, and may pause between them.
    """
    kept = [naming.resolve(event) for event in pace(phrases) if event.state != "withdrawn" and tidy(event.committed)]
    kept.sort(key=lambda event: event.start_s)
    if kind in TEXTS:
        kept = [mark_fallback(event) for event in pace(kept)]
    written = _write(kind, kept, pace)
    try:
        written.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", written)
    return written


def _find_format(name: str) -> Format | None:
    return next((known for known in FORMATS if known == name), None)


def _write(kind: Format, phrases: Sequence[Event], pace: Pausing) -> str:
    match kind:
        case "srt":
            named = zip(pace(phrases), _named(phrases), strict=True)
            return srt.write(pace(schedule(_cues(named), pace)))
        case "vtt":
            texts = ((event, event.committed) for event in pace(phrases))
            return vtt.write(pace(schedule(_cues(texts), pace)))
        case "txt":
            return plain.write(_named(pace(phrases)))
        case "json":
            return table.write_json(map(table.build_row, pace(phrases)))
        case "csv":
            return table.write_csv(map(table.build_row, pace(phrases)))


def _cues(texts: Iterable[tuple[Event, str]]) -> Iterator[Cue]:
    for event, text in texts:
        yield from split_cues(text, event.start_s, event.end_s, tidy(event.speaker or "") or None)


def _named(phrases: Iterable[Event]) -> Iterator[str]:
    """Yield the texts, with a name or a mark before them where the speaker changes."""
    before = None
    for event in phrases:
        name = tidy(event.speaker or "")
        yield mark_change(before, name) + event.committed if event.committed else ""
        before = name
