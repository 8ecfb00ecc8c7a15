"""What the service knows about data protection: facts for readers and speakers, and receipts of erasures.

Both name the companies that captions are sent to, never an address.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from app.captions.room_state import OutputState
from app.store.rooms import RoomSettings
from app.web.resource import Resource
from app.web.schemas import Export

if TYPE_CHECKING:  # the command line parses receipts, and needs no service for that
    from app.service.hosted_room import Erasure

COMPANIES = {"zoom": "Zoom", "teams": "Microsoft Teams", "youtube": "YouTube"}
"""Who gets the captions of an output, by its kind."""

ELSEWHERE = (
    "What readers saved or copied, and transcripts and exports that were downloaded.",
    "Backups of the data folder, also those of `surtitle backup`, until you delete them.",
    "What was sent to outputs that were removed before, such as meetings.",
    "What a page without a connection still shows, until it connects again or is closed.",
    "The audit log and the log, which contain no captions.",
)
"""What no service can erase."""

FactCode = Literal[
    "sound",
    "memory",
    "kept",
    "public",
    "linked",
    "transcript",
    "recent",
    "sent",
    "unsent",
    "obs",
    "file",
    "corrected",
    "addresses",
]
"""What a fact is about; static/words has a text for each."""


class Privacy(Resource):
    """What happens to what is said in a room: `facts` are sentences that the service knows, `notice` is the operator's.

    `codes` are the stable names of the facts, in their order, by which pages say them in the reader's language.
    `retention_h` are the hours that captions are kept, 0 in memory only. `sent_to` names the companies, and
    the host of a translation service, that get captions now, `in_obs` is whether OBS Studio shows them, `has_files`
    whether a subtitle file is written.
    `address_days` is how long the address of a refused client is recorded, 0 if it is not.
    """

    room: str
    facts: tuple[str, ...]
    codes: tuple[FactCode, ...]
    notice: str
    retention_h: float
    is_public: bool
    offers_transcript: bool
    has_files: bool
    in_obs: bool
    sent_to: tuple[str, ...]
    address_days: int


class Receipt(Resource):
    """What an erasure deleted and what remains; `text` says the same for people.

    `at` is the time in UTC, `n_captions` counts each phrase on each track and each correction, `files` are the names of
    subtitle files, `n_keys` the keys that were deleted with the room, and `remains` what the service cannot erase.
    """

    room: str
    action: Literal["captions erased", "room removed"]
    at: str
    n_captions: int
    files: tuple[str, ...]
    n_keys: int
    remains: tuple[str, ...]
    text: str


class RemovedRoom(Export):
    """All that a removed room contained, and the receipt of its removal."""

    receipt: Receipt


def describe_privacy(
    room: str,
    settings: RoomSettings,
    outputs: Sequence[OutputState],
    *,
    address_days: int = 0,
    translation_host: str = "",
) -> Privacy:
    """Return what happens to what is said in a room with these settings and outputs.

    `address_days` is how long the audit log keeps addresses; 0 if it has none. `translation_host` is the host that gets
    the text of rooms that translate; empty if none does.
    """
    kinds = {output.kind for output in outputs}
    sent_to = tuple(name for kind, name in COMPANIES.items() if kind in kinds)
    if translation_host and (settings.targets or settings.task == "translate"):
        sent_to = (*sent_to, translation_host)
    has_files, in_obs = "file" in kinds, "obs" in kinds
    offers = settings.showing.offers_transcript
    facts: list[tuple[FactCode, str]] = [
        ("sound", "The computer that runs this service turns speech into text. Sound is not stored."),
        _retention(settings.retention_h),
        ("public", "Everybody can read along.")
        if settings.is_public
        else ("linked", "Only people with a link can read along."),
        ("transcript", "Readers may download the transcript.")
        if offers
        else ("recent", "Readers see at most the last hour and cannot download the transcript."),
        ("sent", f"Captions are sent to {_join(sent_to)}.")
        if sent_to
        else ("unsent", "Captions are sent to no other company."),
    ]
    if in_obs:
        facts.append(("obs", "Captions are shown in OBS Studio, and may be part of its stream or recording."))
    if has_files:
        facts.append(
            ("file", "Captions are also written to a subtitle file, which is kept until the organiser deletes it.")
        )
    facts.append(("corrected", "The organiser can correct and erase captions."))
    if address_days:
        days = _count(address_days, "day")
        facts.append(("addresses", f"When a link is refused, the network address is recorded for {days}."))
    return Privacy(
        room=room,
        facts=tuple(sentence for _, sentence in facts),
        codes=tuple(code for code, _ in facts),
        notice=settings.privacy_notice,
        retention_h=settings.retention_h,
        is_public=settings.is_public,
        offers_transcript=offers,
        has_files=has_files,
        in_obs=in_obs,
        sent_to=sent_to,
        address_days=address_days,
    )


def build_receipt(
    room: str,
    erasure: "Erasure",
    outputs: Sequence[OutputState],
    own_outputs: Collection[str],
    *,
    n_keys: int | None = None,
    at: datetime | None = None,
) -> Receipt:
    """Return the receipt of an erasure.

    `outputs` are the room's as they were before, `own_outputs` the ids of those in its settings. `n_keys` is how many
    keys were deleted with the room; None if only its captions were erased. `at` is now by default.
    """
    time = f"{at or datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    remains = (*_sent(outputs, own_outputs), *ELSEWHERE)
    erased = [
        f"{_count(erasure.n_captions, 'caption')}: each phrase, each translation and each correction counts",
        _count(len(erasure.files), "subtitle file") + (f": {', '.join(erasure.files)}" if erasure.files else ""),
    ]
    if n_keys is not None:
        erased.append(f"the room with its settings and its {_count(n_keys, 'key')}")
    action: Literal["captions erased", "room removed"] = "captions erased" if n_keys is None else "room removed"
    lines = (
        f"Receipt of an erasure: {action}",
        f"Room: {room}",
        f"Time: {time}",
        "",
        "Erased, in memory, on the disk and on every page that is connected:",
        *(f"- {part}" for part in erased),
        "Sound was never stored.",
        "",
        "This remains, because the service cannot erase it:",
        *(f"- {part}" for part in remains),
    )
    return Receipt(
        room=room,
        action=action,
        at=time,
        n_captions=erasure.n_captions,
        files=erasure.files,
        n_keys=n_keys or 0,
        remains=remains,
        text="\n".join(lines) + "\n",
    )


def _retention(hours: float) -> tuple[FactCode, str]:
    if not hours:
        return "memory", "Captions are kept in memory only, and are gone when the service stops."
    return "kept", f"Captions are kept for {hours:g} {'hour' if hours == 1 else 'hours'} and then deleted."


def _sent(outputs: Sequence[OutputState], own_outputs: Collection[str]) -> list[str]:
    """Return a sentence for each output that has captions which the service cannot erase."""
    sentences = []
    for output in outputs:
        if output.kind in COMPANIES and output.health.n_sent:
            company = COMPANIES[output.kind]
            captions = _count(output.health.n_sent, "caption")
            sentences.append(f"{captions} that went to {company}: ask the host of that meeting.")
        elif output.kind == "obs":
            sentences.append("What OBS Studio has recorded or streamed.")
        elif output.kind == "file" and output.id not in own_outputs:
            sentences.append(f"The file {output.id} that --save writes: delete it yourself.")
    return sentences


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _join(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
