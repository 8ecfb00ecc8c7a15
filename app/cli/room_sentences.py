"""Says in sentences what state a room is in after a command has changed it, and how to change it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from app import language_names
from app.cli.terminal import make_printable

if TYPE_CHECKING:
    from app.web.schemas import RoomResource

NOTICE_CHARS = 60
"""Longest part of a message to the audience that a sentence repeats."""


def describe_changes(room: "RoomResource", changed: Iterable[str], address: str) -> list[str]:
    """Return a sentence about each changed field of a room, by its name in the REST interface.

    `address` is where the pages are.
    """
    fields = set(changed)
    sentences = [describe(room) for field, describe in SENTENCES.items() if field in fields]
    if "is_public" in fields and room.is_public:
        sentences.append(f"The address for everybody is {address.rstrip('/')}/c/{room.code}")
    return [make_printable(sentence) for sentence in sentences]


def describe_subtitles(languages: Sequence[str], task: str, subject: str, targets: Sequence[str] = ()) -> str:
    """Return which languages `subject`, a room, expects, and which subtitles it adds."""
    spoken = f"expects {language_names.describe(languages)}" if languages else "detects the spoken language"
    added = ["adds English subtitles"] if task == "translate" else []
    added += [f"is translated into {language_names.describe(targets)}"] if targets else []
    joint = ", " if len(added) > 1 else " and "
    return f"{subject} {joint.join([spoken, ' and '.join(added)]) if added else spoken}."


def _describe_languages(room: "RoomResource") -> str:
    return describe_subtitles(room.languages, room.task, f"Room {room.name}")


def _describe_title(room: "RoomResource") -> str:
    if room.title:
        return f"Pages call room {room.name} “{room.title}”."
    return f"Room {room.name} has no title; pages show its short name."


def _describe_task(room: "RoomResource") -> str:
    if room.task == "translate":
        return f"Room {room.name} has English subtitles beside the original ones."
    return f"Room {room.name} has subtitles in the spoken language only."


def _describe_glossary(room: "RoomResource") -> str:
    n_lines = len([line for line in room.glossary.splitlines() if line.strip()])
    if not n_lines:
        return f"Room {room.name} has no glossary."
    return f"Room {room.name} uses the glossary of {_count(n_lines, 'line')}, from the next words on."


def _describe_retention(room: "RoomResource") -> str:
    if room.retention_h:
        return f"Captions of room {room.name} are kept for {_count(room.retention_h, 'hour')}."
    return f"Captions of room {room.name} are kept in memory only, and are gone when the service ends."


def _describe_public(room: "RoomResource") -> str:
    if not room.is_public:
        return f"Room {room.name} is private: readers need a link with a key."
    return f"Room {room.name} is public: everybody can read along without a key."


def _describe_open(room: "RoomResource") -> str:
    if room.is_open:
        return f"Room {room.name} is open: people may join."
    return f"Room {room.name} is closed: nobody may join. Open it with surtitle room set {room.name} --open."


def _describe_source(room: "RoomResource") -> str:
    if room.source:
        return (
            f"Room {room.name} listens to the stream {room.source}. "
            f"`surtitle room show {room.name}` says whether it works."
        )
    return f"Room {room.name} opens no stream; browser pages can send sound."


def _describe_outputs(room: "RoomResource") -> str:
    files = [output.id for output in room.outputs if output.kind == "file"]
    if not files:
        return f"Room {room.name} writes no subtitle files."
    return f"Room {room.name} writes {', '.join(files)} in the service's folder."


def _describe_hidden(room: "RoomResource") -> str:
    if room.is_hidden:
        return (
            f"The screens of room {room.name} are blank; phones and files still get the subtitles. "
            f"Show them again with surtitle room set {room.name} --show."
        )
    return f"The screens of room {room.name} show the subtitles."


def _describe_targets(room: "RoomResource") -> str:
    if room.targets:
        return f"Room {room.name} is translated into {language_names.describe(room.targets)}."
    return f"The text of room {room.name} is translated into no language."


def _describe_demand(room: "RoomResource") -> str:
    if room.translates_always:
        return f"Room {room.name} is translated all the time, even while nobody reads a translation."
    return f"Room {room.name} is translated while somebody reads a translation, each language on its own."


def _describe_channels(room: "RoomResource") -> str:
    if not room.channels:
        return f"The channels of the stream of room {room.name} are mixed."
    return f"The stream of room {room.name} has the channels {room.channels}; others are ignored."


def _describe_speakers(room: "RoomResource") -> str:
    if not room.speaker_names:
        return f"Speakers of room {room.name} have the names of their sources."
    renamed = "; ".join(f"{label} is shown as {name}" for label, name in room.speaker_names.items())
    return f"Speakers of room {room.name}: {renamed}."


def _describe_names(room: "RoomResource") -> str:
    return f"Room {room.name} {'shows' if room.shows_names else 'does not show'} the names of speakers."


def _describe_paused(room: "RoomResource") -> str:
    if room.is_paused:
        return f"Room {room.name} is paused: audio is ignored. Resume with surtitle room set {room.name} --resume."
    return f"Room {room.name} is not paused: speech is subtitled."


def _describe_notice(room: "RoomResource") -> str:
    if not room.notice:
        return f"Room {room.name} shows no message."
    shown = room.notice if len(room.notice) <= NOTICE_CHARS else f"{room.notice[:NOTICE_CHARS]}…"
    return (
        f"The audience of room {room.name} sees the message “{shown}”. "
        f"Remove it with surtitle room set {room.name} --notice none."
    )


def _describe_transcript(room: "RoomResource") -> str:
    may = "may" if room.offers_transcript else "may not"
    return f"Readers of room {room.name} {may} download the transcript."


def _describe_frames(room: "RoomResource") -> str:
    if room.frame_sites:
        return f"These sites may show the audience page of room {room.name}: {', '.join(room.frame_sites)}."
    return f"No other site may show the audience page of room {room.name}."


def _describe_privacy(room: "RoomResource") -> str:
    if room.privacy_notice:
        return f"Readers and speakers of room {room.name} see your data protection notice."
    return f"Room {room.name} shows no data protection notice of its own."


SENTENCES: Mapping[str, Callable[["RoomResource"], str]] = {
    "title": _describe_title,
    "languages": _describe_languages,
    "task": _describe_task,
    "targets": _describe_targets,
    "translates_always": _describe_demand,
    "speaker_names": _describe_speakers,
    "shows_names": _describe_names,
    "glossary": _describe_glossary,
    "retention_h": _describe_retention,
    "source": _describe_source,
    "channels": _describe_channels,
    "outputs": _describe_outputs,
    "is_open": _describe_open,
    "is_public": _describe_public,
    "is_paused": _describe_paused,
    "is_hidden": _describe_hidden,
    "notice": _describe_notice,
    "offers_transcript": _describe_transcript,
    "frame_sites": _describe_frames,
    "privacy_notice": _describe_privacy,
}
"""What says a field's state, in the order in which the sentences are printed."""


def _count(number: float, noun: str) -> str:
    return f"{number:g} {noun}{'' if number == 1 else 's'}"
