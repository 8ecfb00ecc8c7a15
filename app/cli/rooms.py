"""The commands that look after the rooms of a running service; what they print may be shown to others, except keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import console
from app.cli.console import LOCAL, At, KeyFile, Room, asking
from app.cli.outputs import output as outputs

if TYPE_CHECKING:
    from app.web.schemas import RoomResource

room = typer.Typer(help="Make and look after the rooms of a running service.", no_args_is_help=True)
room.add_typer(outputs, name="output")

NONE = "none"
"""What an option is given to take back what was set before."""

PublicUrl = Annotated[
    str | None, typer.Option(envvar="SURTITLE_PUBLIC_URL", help="Address for the links, where it is not --at.")
]
Language = Annotated[str | None, typer.Option(help="Spoken language, as de, or several, as de,en; none for all.")]
Task = Annotated[str | None, typer.Option(help="transcribe, or translate to add English.")]
Terms = Annotated[Path | None, typer.Option(help="File of terms, and lines 'wrong => right'.")]
Retention = Annotated[float | None, typer.Option(help="Hours that captions are kept; 0: in memory only.")]
Public = Annotated[bool | None, typer.Option("--public/--private", help="Whether everybody may read without a key.")]
Stream = Annotated[str | None, typer.Option(help="Address of a stream that the service opens; none for no more.")]
Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", help="Subtitle file on the service's disk, as srt or srt:en; none for no more."),
]
Sure = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@room.command("list")
def list_rooms(at: At = LOCAL, key_file: KeyFile = None) -> None:
    """List all rooms; needs the key to the whole service."""
    with asking(at, key_file) as client:
        rows = [
            (
                one.name,
                _kind(one),
                ", ".join(one.languages) or "any",
                one.task,
                str(one.state.n_readers),
                _speaking(one),
            )
            for one in client.rooms()
        ]
        console.table(("room", "", "language", "task", "readers", "sources"), rows)


@room.command("create")
def create(
    name: Room,
    language: Language = None,
    task: Task = None,
    glossary: Terms = None,
    retention: Retention = None,
    public: Public = None,
    source: Stream = None,
    output: Outputs = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Make a room and print its links; needs the key to the whole service."""
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.web.schemas import NewRoom

        wishes = _wishes(language, task, glossary, retention, public, None, source, output)
        new = client.create(made(NewRoom, name=name, **wishes))
        for key in new.keys:
            console.link(public_url or at, name, key)
        if new.code:
            typer.echo(f"Everybody may read along at: {(public_url or at).rstrip('/')}/c/{new.code}")
        typer.echo("What stands behind # is a key. Nobody can be told it again; `surtitle room key` makes others.")


@room.command("show")
def show(name: Room, at: At = LOCAL, key_file: KeyFile = None) -> None:
    """Show a room: its settings, who speaks, and what is wrong."""
    with asking(at, key_file) as client:
        one = client.room(name)
        rows = [
            ("room", f"{one.name}, {_kind(one)}"),
            ("language", ", ".join(one.languages) or "any"),
            ("task", one.task),
            ("captions are kept", f"{one.retention_h:g} hours" if one.retention_h else "in memory only"),
            ("glossary", f"{len(one.glossary.splitlines())} lines"),
            ("stream", one.source or "none"),
            *(
                (f"output {out.id}", f"{out.kind} {out.health.status} {out.health.message}")
                for out in one.state.outputs
            ),
            ("short code", one.code or "none"),
            ("readers", str(one.state.n_readers)),
            *((f"source {source.name}", f"{source.status} {source.message}") for source in one.state.sources),
            *(("problem", problem) for problem in one.state.problems),
        ]
        console.table(("", ""), rows)


@room.command("set")
def change(
    name: Room,
    language: Language = None,
    task: Task = None,
    glossary: Terms = None,
    retention: Retention = None,
    public: Public = None,
    is_open: Annotated[bool | None, typer.Option("--open/--closed", help="Whether people may come in.")] = None,
    source: Stream = None,
    output: Outputs = None,
    is_hidden: Annotated[bool | None, typer.Option("--hide/--show", help="Whether screens are blank.")] = None,
    is_paused: Annotated[bool | None, typer.Option("--pause/--resume", help="Whether nobody is listened to.")] = None,
    notice: Annotated[str | None, typer.Option(help="A message to the audience; none to take it back.")] = None,
    offers_transcript: Annotated[
        bool | None, typer.Option("--offer-transcript/--keep-transcript", help="Whether readers may download it.")
    ] = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Change a room; what is not named stays."""
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.errors import SettingsError
        from app.web.schemas import RoomChange

        wishes = _wishes(language, task, glossary, retention, public, is_open, source, output)
        shown = {
            "is_hidden": is_hidden,
            "is_paused": is_paused,
            "notice": "" if notice == NONE else notice,
            "offers_transcript": offers_transcript,
        }
        wishes |= {what: value for what, value in shown.items() if value is not None}
        if not wishes:
            raise SettingsError("Expected something to change. See `surtitle room set --help`.")
        one = client.change(name, made(RoomChange, **wishes))
        typer.echo(f"The room {name} is {_kind(one)}." + (f" Its short code is {one.code}." if one.code else ""))


@room.command("remove")
def remove(
    name: Room,
    export: Annotated[Path | None, typer.Option(help="Write all it held into this file before.")] = None,
    yes: Sure = False,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Close a room and forget it, with its captions and keys."""
    console.confirm(f"Forget the room {name} with its captions and keys, for ever?", yes)
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.web.schemas import RoomChange

        if export is not None:
            console.write(export, b"")  # a file that cannot be is found out while the room is still open
            client.change(name, made(RoomChange, is_open=False))  # so that nothing is said behind the export
            console.write(export, client.export(name))
        client.remove(name)
        typer.echo(f"The room {name} is gone." + (f" What it held is in {export}." if export else ""))


@room.command("erase")
def erase(name: Room, yes: Sure = False, at: At = LOCAL, key_file: KeyFile = None) -> None:
    """Forget a room's captions, on the disk and on every page that shows them."""
    console.confirm(f"Forget all captions of the room {name}, for ever?", yes)
    with asking(at, key_file) as client:
        client.erase(name)
        typer.echo(f"The room {name} has no captions any more.")


@room.command("export")
def export(
    name: Room,
    file: Annotated[Path, typer.Argument(help="JSON file to write.")],
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Write all that is known of a room into a file."""
    with asking(at, key_file) as client:
        console.write(file, client.export(name))
        typer.echo(f"Written: {file}")


@room.command("transcript")
def transcript(
    name: Room,
    file: Annotated[Path, typer.Argument(help="File to write: .srt, .vtt, .txt, .json or .csv.")],
    track: Annotated[str | None, typer.Option(help="original, or en; the translation where there is one.")] = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Write what was said as a subtitle file."""
    with asking(at, key_file) as client:
        from app.outputs.subtitles import file_format

        console.write(file, client.transcript(name, file_format(file), track))
        typer.echo(f"Written: {file}")


@room.command("correct")
def correct(
    name: Room,
    phrase: Annotated[str, typer.Argument(help="Its name, as 3-160000; `room export` tells it.")],
    text: Annotated[str | None, typer.Argument(help="What it should say; without it the phrase is taken back.")] = None,
    track: Annotated[str, typer.Option(help="original, or en.")] = "original",
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Correct a final phrase, or take it back, on every page."""
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.web.schemas import Correction

        client.correct(name, phrase, made(Correction, track=track, text=text))
        typer.echo("Corrected." if text is not None else "Taken back.")


@room.command("keys")
def keys(name: Room, at: At = LOCAL, key_file: KeyFile = None) -> None:
    """List a room's keys: what they allow and until when, not the words that open."""
    with asking(at, key_file) as client:
        rows = [
            (
                one.id,
                one.role,
                one.label,
                console.day(one.created_ms),
                console.day(one.expires_ms) if one.expires_ms else "never",
            )
            for one in client.keys(name)
        ]
        console.table(("id", "role", "label", "made", "ends"), rows)


@room.command("key")
def make_key(
    name: Room,
    role: Annotated[str, typer.Argument(help="viewer reads, source speaks too, operator runs the room.")],
    label: Annotated[str, typer.Option(help="Whom or what it is for.")] = "",
    days: Annotated[float | None, typer.Option(help="How long it holds; for ever without.")] = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Make one more key of a room, and print its link."""
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.web.schemas import NewKey

        lasts = {} if days is None else {"lasts_s": days * 86_400}
        minted = client.mint(name, made(NewKey, role=role, label=label, **lasts))
        console.link(public_url or at, name, minted)
        typer.echo(f"`surtitle room revoke {name} {minted.id}` takes it back.")


@room.command("revoke")
def revoke(
    name: Room,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `room keys` lists it; not the key itself.")],
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Take a key back; whoever came in with it is sent away."""
    with asking(at, key_file) as client:
        client.revoke(name, key_id)
        typer.echo(f"The key {key_id} opens nothing any more.")


def _wishes(
    language: str | None,
    task: str | None,
    glossary: Path | None,
    retention_h: float | None,
    is_public: bool | None,
    is_open: bool | None,
    source: str | None,
    outputs: list[str] | None,
) -> dict[str, object]:
    """Return what the options ask for, by the names of the REST interface."""
    from app.decode.glossary import read_text

    wishes: dict[str, object] = {
        "languages": None if language is None else _several(language.split(",")),
        "task": task,
        "glossary": read_text(glossary) if glossary else None,
        "retention_h": retention_h,
        "is_public": is_public,
        "is_open": is_open,
        "outputs": [_output(one) for one in _several(outputs)] if outputs else None,
    }
    given = {name: value for name, value in wishes.items() if value is not None}
    return given | ({} if source is None else {"source": None if source == NONE else source})


def _several(words: list[str]) -> list[str]:
    return [] if words == [NONE] else words


def _output(text: str) -> dict[str, str | None]:
    kind, _, track = text.partition(":")
    return {"format": kind, "track": track or None}


def _kind(one: "RoomResource") -> str:
    return ("open" if one.is_open else "closed") + (", public" if one.is_public else "")


def _speaking(one: "RoomResource") -> str:
    return ", ".join(f"{source.name} {source.status}" for source in one.state.sources)
