"""Converts between the resources of the REST API and the settings, outputs and keys of the store."""

from dataclasses import asdict, replace
from secrets import token_hex

from pydantic import TypeAdapter

from app.captions.room_state import Visibility
from app.outputs.cues import tidy
from app.outputs.settings import FileOutput, MeetingOutput, ObsOutput, OutputSettings
from app.redaction import redact_url
from app.service.source_names import clean_shown_name
from app.store.access_key import Key
from app.store.rooms import RoomSettings
from app.translate.offer import TranslationOffer
from app.web.messages import RoomStatus
from app.web.output_schemas import (
    FileFields,
    FileResource,
    MeetingResource,
    NewMeeting,
    NewObs,
    ObsResource,
    OutputResource,
)
from app.web.schemas import KeyResource, KeyWithSecret, RoomChange, RoomResource, TranslationResource

_OUTPUT_RESOURCE: TypeAdapter[FileResource | MeetingResource | ObsResource] = TypeAdapter(OutputResource)


def apply_change(change: RoomChange, before: RoomSettings) -> RoomSettings:
    """Return the settings of a room after a change."""
    given = change.model_dump(exclude_unset=True, exclude={"name", "outputs"})
    changed = {name: value for name, value in given.items() if value is not None or name == "source"}
    if before.source and changed.get("source") == redact_url(before.source):
        del changed["source"]  # a resource that is sent back changes nothing
    visibility = {name: changed.pop(name) for name in Visibility.__slots__ if name in changed}
    if "notice" in visibility:
        visibility["notice"] = tidy(visibility["notice"])
    if "title" in changed:
        changed["title"] = tidy(changed["title"])
    if "targets" in changed:
        changed["targets"] = tuple(dict.fromkeys(changed["targets"]))
    if "speaker_names" in changed:
        names = {label: clean_shown_name(tidy(name)) for label, name in changed["speaker_names"].items()}
        changed["speaker_names"] = {label: name for label, name in names.items() if name and name != label}
    if "privacy_notice" in changed:
        changed["privacy_notice"] = "\n".join(tidy(line) for line in changed["privacy_notice"].splitlines()).strip()
    after = replace(before, **changed, showing=replace(before.showing, **visibility))
    if change.outputs is not None:
        files = {file.id: file for file in (FileOutput(output.format, output.track) for output in change.outputs)}
        others = [output for output in before.outputs if not isinstance(output, FileOutput)]
        after = replace(after, outputs=(*others, *files.values()))
    return after


def build_room_resource(
    name: str,
    settings: RoomSettings,
    state: RoomStatus,
    *,
    address: str | None,
    translation: TranslationOffer | None = None,
) -> RoomResource:
    """Return a room as operators see it; of its stream only scheme and host, as the address may contain secrets.

    `address` is where other devices open the pages.
    """
    return RoomResource(
        name=name,
        title=settings.title,
        address=address,
        languages=settings.languages,
        task=settings.task,
        targets=settings.targets,
        translates_always=settings.translates_always,
        translation=_build_translation(translation) if translation else None,
        speaker_names=dict(settings.speaker_names),
        shows_names=settings.shows_names,
        glossary=settings.glossary,
        retention_h=settings.retention_h,
        is_public=settings.is_public,
        code=settings.code or None,
        is_open=settings.is_open,
        source=redact_url(settings.source) if settings.source else None,
        channels=settings.channels,
        outputs=tuple(build_output_resource(output) for output in settings.outputs),
        **asdict(settings.showing),
        frame_sites=settings.frame_sites,
        privacy_notice=settings.privacy_notice,
        state=state,
    )


def _build_translation(offer: TranslationOffer) -> TranslationResource:
    return TranslationResource(model=offer.model, sent_to=offer.sent_to or None, targets=offer.targets)


def build_output(new: FileFields | NewMeeting | NewObs) -> OutputSettings:
    """Return the stored form of a new output, with a new id."""
    output_id = token_hex(4)
    if isinstance(new, FileFields):
        return FileOutput(new.format, new.track)
    if isinstance(new, NewMeeting):
        return MeetingOutput(new.kind, output_id, new.url.strip(), new.track, new.language)
    return ObsOutput(id=output_id, **new.model_dump())


def build_output_resource(output: OutputSettings) -> FileResource | MeetingResource | ObsResource:
    """Return an output as operators see it, without its secrets."""
    return _OUTPUT_RESOURCE.validate_python(output, from_attributes=True)


def build_key_resource(key: Key, n_connections: int = 0, *, is_own: bool = False) -> KeyResource:
    """Return a key as operators see it, without its secret."""
    return KeyResource(**asdict(key), n_connections=n_connections, is_own=is_own)


def with_secret(key: Key, secret: str, n_connections: int = 0, *, is_own: bool = False) -> KeyWithSecret:
    """Return a new or renewed key with its secret."""
    return KeyWithSecret(**asdict(key), n_connections=n_connections, is_own=is_own, key=secret)
