"""The options of `room create` and `room set`, and how they become fields of the REST interface."""

from pathlib import Path
from typing import Annotated

from app import choices, language_names
from app.cli import terminal
from app.cli.options import ACCESS, SOUND, STORAGE, SUBTITLES, option
from app.errors import SettingsError

NONE = "none"
"""Value of an option that clears what was set before."""

SCREENS = "What people see"

Title = Annotated[
    str | None, option(SUBTITLES, "Title that people see, in any letters; none to remove it.", metavar="TITLE")
]
Languages = Annotated[
    str | None,
    option(SOUND, "Spoken languages by code or name, such as de,en or German; any to detect them.", metavar="LANG"),
]
Stream = Annotated[
    str | None,
    option(
        SOUND,
        "Address of a stream that the service opens; - asks for a secret one; none to close it.",
        metavar="URL",
    ),
]
StreamChannels = Annotated[
    str | None,
    option(
        SOUND,
        "What the channels of the stream are, such as 1:Ada,2:Grace,3:floor; none to mix them.",
        "--channels",
        metavar="CHANNELS",
    ),
]
TaskName = Annotated[
    str | None, option(SUBTITLES, "transcribe, or translate to add English subtitles.", metavar="TASK")
]
Terms = Annotated[
    Path | None,
    option(SUBTITLES, "Text file of names and terms, with lines 'wrong => right' and 'unwanted =>'.", metavar="FILE"),
]
Retention = Annotated[
    float | None,
    option(STORAGE, "Hours for which captions are kept; 0 keeps them in memory only.", metavar="HOURS"),
]
OutputFiles = Annotated[
    list[str] | None,
    option(
        STORAGE,
        "Subtitle file on the service's disk, such as srt or srt:en; none to remove all.",
        "--output",
        metavar="FORMAT",
    ),
]
Public = Annotated[bool | None, option(ACCESS, "Whether everybody may read without a key.", "--public/--private")]
Open = Annotated[bool | None, option(ACCESS, "Whether people may join.", "--open/--closed")]
OffersTranscript = Annotated[
    bool | None,
    option(ACCESS, "Whether readers may download the transcript.", "--offer-transcript/--keep-transcript"),
]
FrameSites = Annotated[
    list[str] | None,
    option(ACCESS, "Site that may show the audience page in a frame; none to remove all.", "--frame", metavar="URL"),
]
Hidden = Annotated[bool | None, option(SCREENS, "Whether screens are blank.", "--hide/--show")]
SpeakerNames = Annotated[
    list[str] | None,
    option(
        SCREENS,
        "Name to show for a speaker, back to the start; two with one name are one speaker; none to remove all.",
        "--speaker",
        metavar="LABEL=NAME",
    ),
]
ShowsNames = Annotated[bool | None, option(SCREENS, "Whether names stand before what is said.", "--names/--no-names")]
Paused = Annotated[bool | None, option(SCREENS, "Whether audio is ignored.", "--pause/--resume")]
Notice = Annotated[str | None, option(SCREENS, "A message to the audience; none to remove it.", metavar="TEXT")]
PrivacyNotice = Annotated[
    str | None,
    option(
        SCREENS,
        "Text file that readers and speakers see under data protection; none to remove it.",
        metavar="FILE",
    ),
]


def read_languages(text: str | None) -> list[str] | None:
    """Return the codes of the languages that an option names; raises SettingsError."""
    return None if text is None else list(language_names.parse(text, "--language"))


def read_targets(text: str | None) -> list[str] | None:
    """Return the codes of the languages that `--translate-to` names, none for the word none; raises SettingsError."""
    return None if text is None else list(language_names.parse_targets(text, "--translate-to"))


def read_task(text: str | None) -> str | None:
    """Return the task that an option names; raises SettingsError."""
    return None if text is None else choices.choose(text, choices.TASKS, "--task")


def read_glossary(path: Path | None) -> str | None:
    """Return the text of a glossary; raises SettingsError."""
    from app.decode.glossary import read_text

    return read_text(path) if path else None


def read_outputs(texts: list[str] | None) -> list[dict[str, str | None]] | None:
    """Return the subtitle files that `--output` names, such as `srt:en`; raises SettingsError."""
    return [_read_output(text) for text in read_list(texts) or []] if texts else None


def read_track(text: str | None) -> str | None:
    """Return the track that `--track` names, by its code or language; raises SettingsError."""
    if text is None or text.strip().lower() == "original":
        return None if text is None else "original"
    return language_names.parse_one(text, "--track")


def read_speakers(texts: list[str] | None) -> dict[str, str] | None:
    """Return the names that `--speaker` gives, by label; empty for the word none; raises SettingsError."""
    given = read_list(texts)
    if given is None:
        return None
    names = {}
    for text in given:
        label, is_pair, name = (part.strip() for part in text.rpartition("="))
        if not is_pair or not label:
            expected = "a speaker and the name to show, such as --speaker 'Speaker 1=Ada'"
            raise SettingsError(f"Expected {expected}, but got {text!r}. `surtitle room show` lists the names.")
        names[label] = name
    return names


def read_source(text: str | None) -> dict[str, str | None]:
    """Return the field for the stream, if there is an option for it; `-` asks for the address."""
    if text == terminal.ASK:
        text = terminal.read_secret("Address of the stream")
    return {} if text is None else {"source": None if text == NONE else text}


def read_notice(path: str | None) -> str | None:
    """Return the content of the file with the data protection notice; raises SettingsError."""
    return clear_none(path) if path in (None, NONE) else terminal.read_file(Path(path))


def clear_none(text: str | None) -> str | None:
    """Return a text, or an empty one for the word none."""
    return "" if text == NONE else text


def read_list(texts: list[str] | None) -> list[str] | None:
    """Return the values of an option that may be given several times; none of them for the word none."""
    return [] if texts == [NONE] else texts or None


def _read_output(text: str) -> dict[str, str | None]:
    from app.outputs.subtitles import FORMATS

    kind, _, track = text.partition(":")
    return {"format": choices.choose(kind, FORMATS, "--output"), "track": read_track(track or None)}
