"""Options that several commands share, the panels of their help, and how their text is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from app import choices
from app.errors import SettingsError

if TYPE_CHECKING:
    from app.decode.request import Task

SOUND = "Sound"
SUBTITLES = "Subtitles"
MODEL = "Model"
ACCESS = "Access"
NETWORK = "Network"
STORAGE = "Storage"
SERVICE = "Which service"
OUTPUT = "Output"


DEMO: Mapping[str, object] = {
    "language": "de,en",
    "translate_to": "en,de,fr,pt",
    "translation_model": "demo",
    "memory": True,
}
"""The settings of `surtitle demo`."""


def option(panel: str, help: str, *names: str, metavar: str | None = None, **given: Any) -> Any:
    """Return an option that the help shows in a panel; `metavar` stands for its value."""
    return typer.Option(*names, help=help, rich_help_panel=panel, metavar=metavar, **given)


Source = Annotated[
    list[str] | None,
    option(
        SOUND,
        "What to listen to: microphone, microphone:NAME, a file, a URL, or - for raw PCM (16 kHz, mono, 16 bit) on "
        "standard input. Several are one microphone each; PERSON=SOURCE names who speaks there. Without it, the room "
        "waits for a browser page that sends sound.",
        metavar="SOURCE",
    ),
]
Channels = Annotated[
    str | None,
    option(
        SOUND,
        "What the channels of the source are: 1:Ada,2:Grace names people, 3:floor is the mix of all, 4:interpreter en "
        "an interpreter. Without it they are mixed.",
        metavar="CHANNELS",
    ),
]
PrivateSources = Annotated[
    bool | None, option(SOUND, "Allow URLs on private networks, such as cameras.", "--private-sources")
]
SpokenLanguage = Annotated[
    str | None,
    option(SOUND, "Spoken language by code or name, such as de or German; or several, such as de,en.", metavar="LANG"),
]
TaskName = Annotated[
    str | None, option(SUBTITLES, "transcribe, or translate to add English subtitles.", metavar="TASK")
]
TranslateTo = Annotated[
    str | None,
    option(
        SUBTITLES,
        "Languages to translate the text into, by code or name, such as en,French; none for none.",
        metavar="LANGS",
    ),
]
TranslateAlways = Annotated[
    bool | None,
    option(
        SUBTITLES,
        "Whether to translate all the time, or only while somebody reads it.",
        "--translate-always/--translate-on-demand",
    ),
]
Glossary = Annotated[
    Path | None,
    option(SUBTITLES, "Text file of names and terms, with lines 'wrong => right' and 'unwanted =>'.", metavar="FILE"),
]
Save = Annotated[
    Path | None, option(SUBTITLES, "Subtitle file to write: .srt, .vtt, .txt, .json or .csv.", metavar="FILE")
]
RoomName = Annotated[str | None, option(SUBTITLES, "Name of the room; main by default.", metavar="NAME")]
Title = Annotated[str | None, option(SUBTITLES, "Title that people see, in any letters.", metavar="TITLE")]
Model = Annotated[
    str | None,
    option(MODEL, "auto, demo, a name from `surtitle models`, a hub repository, or a folder.", metavar="MODEL"),
]
DraftModel = Annotated[
    str | None,
    option(MODEL, "Smaller model for words that may still change; it takes load off the large one.", metavar="MODEL"),
]
SpeakerModel = Annotated[
    str | None,
    option(
        MODEL, "Distinguish people who share a microphone: none, demo, wespeaker-resnet34, or a file.", metavar="MODEL"
    ),
]
TranslationModel = Annotated[
    str | None,
    option(
        MODEL,
        "What translates text: auto (what is on this disk), demo, none, a name from `surtitle models`, or a folder.",
        metavar="MODEL",
    ),
]
AcceptLicence = Annotated[
    bool | None, option(MODEL, "Use models whose licence forbids commercial use, such as NLLB.", "--accept-licence")
]
English = Annotated[
    str | None,
    option(MODEL, "Where English comes from: speech (Whisper itself), text, or auto (the better one).", metavar="WAY"),
]
Device = Annotated[str | None, option(MODEL, "Where to decode: auto, cpu or cuda.", metavar="DEVICE")]
Window = Annotated[
    str | None,
    option(MODEL, "Shortest encoder window: auto (by load), or 512, 768 or 1500 frames of 20 ms.", metavar="WINDOW"),
]
Offline = Annotated[bool | None, option(MODEL, "Download nothing, not even a model.", "--offline")]
Host = Annotated[
    str | None,
    option(NETWORK, "Address to listen on; on any but 127.0.0.1, reading needs a key.", metavar="ADDRESS"),
]
Port = Annotated[int | None, option(NETWORK, "Port; 0 takes any free one. The default is 8000.", metavar="PORT")]
Public = Annotated[
    bool | None, option(ACCESS, "Whether everybody may read the room without a key.", "--public/--private")
]
Https = Annotated[bool | None, option(NETWORK, "Serve over HTTPS, which phones need for their microphone.", "--https")]
HttpsCert = Annotated[
    Path | None, option(NETWORK, "Certificate for HTTPS in PEM, instead of one that Surtitle makes.", metavar="FILE")
]
HttpsKey = Annotated[
    Path | None, option(NETWORK, "Its private key in PEM, if that is in another file.", metavar="FILE")
]
RequireKeys = Annotated[bool | None, option(ACCESS, "Require a key for reading on this machine too.", "--require-keys")]
PublicUrl = Annotated[
    str | None, option(NETWORK, "Address of the pages behind a proxy, such as https://example.org.", metavar="URL")
]
SharedAddresses = Annotated[
    str | None,
    option(
        NETWORK,
        "Public addresses that more than 3,000 readers share, such as a hall's, separated by commas.",
        metavar="ADDRESSES",
    ),
]
Data = Annotated[Path | None, option(STORAGE, "Folder for rooms, keys and captions.", metavar="FOLDER")]
Memory = Annotated[bool | None, option(STORAGE, "Write nothing to the disk.", "--memory")]
Retention = Annotated[
    float | None,
    option(STORAGE, "Hours for which captions are kept; 0 keeps them in memory only.", metavar="HOURS"),
]
DataFolder = Annotated[
    Path | None, option(STORAGE, "Data folder of the service; by default SURTITLE_DATA.", metavar="FOLDER")
]
JsonFile = Annotated[Path | None, option(OUTPUT, "Write the figures to this file.", metavar="FILE")]
AsJson = Annotated[bool, option(OUTPUT, "Print JSON.", "--json")]


def parse_task(name: str) -> "Task":
    """Return the task of that name.

    Raises:
        SettingsError: There is no such task.
    """
    return cast("Task", choices.choose(name, choices.TASKS, "--task"))


def parse_numbers(text: str, option: str) -> tuple[int, ...]:
    """Return whole numbers that are separated by commas.

    Raises:
        SettingsError: The text is something else; the sentence names the option.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(choices.expect("whole numbers, separated by commas (such as 1,8)", option, text)) from None
