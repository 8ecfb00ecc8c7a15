"""The commands for the rooms of a running service; only links contain keys, the rest of the output may be shared."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import terminal
from app.cli.captions import captions
from app.cli.keys import keys
from app.cli.outputs import outputs
from app.cli.terminal import LOCAL, At, Confirmed, Insecure, KeyFile, PublicUrl, Room, connected
from app.cli.usage import Commands

if TYPE_CHECKING:
    from app.web.schemas import RoomResource

room = Commands(help="Create and manage the rooms of a running service.")

NONE = "none"
"""Value of an option that clears what was set before."""

Languages = Annotated[str | None, typer.Option(help="Spoken language, such as de or de,en; none for all.")]
TaskName = Annotated[str | None, typer.Option(help="transcribe, or translate to add English.")]
Terms = Annotated[Path | None, typer.Option(help="File with terms, and lines 'wrong => right' or 'unwanted =>'.")]
Title = Annotated[str | None, typer.Option(help="Name for people, in any letters; none to remove it.")]
Retention = Annotated[
    float | None, typer.Option(help="Hours for which captions are kept; 0 keeps them in memory only.")
]
Public = Annotated[bool | None, typer.Option("--public/--private", help="Whether everybody may read without a key.")]
Stream = Annotated[
    str | None,
    typer.Option(help="Address of a stream that the service opens; - asks for a secret one; none to close it."),
]
OutputFiles = Annotated[
    list[str] | None,
    typer.Option("--output", help="Subtitle file on the service's disk, such as srt or srt:en; none to remove all."),
]


@room.command("list")
def list_rooms(at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """List all rooms; needs the admin key."""
    with connected(at, key_file, insecure) as client:
        rows = [
            (
                one.name,
                _describe(one),
                ", ".join(one.languages) or "any",
                one.task,
                str(one.state.n_readers),
                _list_sources(one),
            )
            for one in client.list_rooms()
        ]
        terminal.print_table(("room", "", "language", "task", "readers", "sources"), rows)


@room.command("create")
def create(
    name: Room,
    title: Title = None,
    language: Languages = None,
    task: TaskName = None,
    glossary: Terms = None,
    retention: Retention = None,
    public: Public = None,
    source: Stream = None,
    output: OutputFiles = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Create a room and print its links; needs the admin key."""
    with connected(at, key_file, insecure) as client:
        from app.cli.client import build
        from app.web.schemas import NewRoom

        changes = _read_options(title, language, task, glossary, retention, public, None, source, output)
        new = client.create_room(build(NewRoom, name=name, **changes))
        address = terminal.link_address(client, public_url, name)
        for key in new.keys:
            terminal.print_link(address, key)
        if new.code:
            typer.echo(f"Everybody can read along at: {address.rstrip('/')}/c/{new.code}")
        typer.echo("The part after # is the access key. It is shown only once; `surtitle room key` makes others.")


@room.command("show")
def show(name: Room, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """Show a room: its settings, its sources and its problems."""
    with connected(at, key_file, insecure) as client:
        one = client.get_room(name)
        rows = [
            ("room", f"{one.name}, {_describe(one)}"),
            ("title", one.title or "none"),
            ("language", ", ".join(one.languages) or "any"),
            ("task", one.task),
            ("captions are kept", f"{one.retention_h:g} hours" if one.retention_h else "in memory only"),
            ("glossary", f"{len(one.glossary.splitlines())} lines"),
            ("may be framed by", ", ".join(one.frame_sites) or "no site"),
            ("data protection notice", f"{len(one.privacy_notice)} characters" if one.privacy_notice else "none"),
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
        terminal.print_table(("", ""), rows)


@room.command("set")
def change(
    name: Room,
    title: Title = None,
    language: Languages = None,
    task: TaskName = None,
    glossary: Terms = None,
    retention: Retention = None,
    public: Public = None,
    is_open: Annotated[bool | None, typer.Option("--open/--closed", help="Whether people may join.")] = None,
    source: Stream = None,
    output: OutputFiles = None,
    is_hidden: Annotated[bool | None, typer.Option("--hide/--show", help="Whether screens are blank.")] = None,
    is_paused: Annotated[bool | None, typer.Option("--pause/--resume", help="Whether audio is ignored.")] = None,
    notice: Annotated[str | None, typer.Option(help="A message to the audience; none to remove it.")] = None,
    offers_transcript: Annotated[
        bool | None, typer.Option("--offer-transcript/--keep-transcript", help="Whether readers may download it.")
    ] = None,
    frame_sites: Annotated[
        list[str] | None,
        typer.Option("--frame", help="Site that may show the audience page in a frame; none to remove all."),
    ] = None,
    privacy_notice: Annotated[
        str | None,
        typer.Option(help="Text file that readers and speakers see under data protection; none to remove it."),
    ] = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Change a room; settings that are not named stay as they are."""
    with connected(at, key_file, insecure) as client:
        from app.cli.client import build
        from app.errors import SettingsError
        from app.web.schemas import RoomChange

        changes = _read_options(title, language, task, glossary, retention, public, is_open, source, output)
        shown = {
            "is_hidden": is_hidden,
            "is_paused": is_paused,
            "notice": "" if notice == NONE else notice,
            "offers_transcript": offers_transcript,
            "frame_sites": _read_list(frame_sites) if frame_sites else None,
            "privacy_notice": _read_notice(privacy_notice),
        }
        changes |= {what: value for what, value in shown.items() if value is not None}
        if not changes:
            raise SettingsError("Expected something to change. See `surtitle room set --help`.")
        one = client.change_room(name, build(RoomChange, **changes))
        typer.echo(f"The room {name} is {_describe(one)}." + (f" Its short code is {one.code}." if one.code else ""))
        if one.n_disconnected:
            typer.echo(f"Disconnected: {one.n_disconnected}, because the room does not let them in now.")


@room.command("remove")
def remove(
    name: Room,
    export: Annotated[Path | None, typer.Option(help="Export the room to this file first.")] = None,
    yes: Confirmed = False,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Close a room and delete it, with its captions and keys; prints a receipt."""
    terminal.confirm(f"Delete the room {name} with its captions and keys for ever?", yes)
    with connected(at, key_file, insecure) as client:
        from app.cli.client import build
        from app.web.schemas import RoomChange

        if export is not None:
            terminal.write_file(export, b"")  # a file that cannot be written fails while the room is still open
            client.change_room(name, build(RoomChange, is_open=False))  # so that nothing is said after the export
            terminal.write_file(export, client.export_room(name))
        receipt = client.remove_room(name)
        typer.echo(f"The room {name} is deleted." + (f" Its export is {export}." if export else ""))
        typer.echo(f"\n{receipt.text}", nl=False)


room.add_typer(captions)
room.add_typer(keys)
room.add_typer(outputs, name="output")


def _read_options(
    title: str | None,
    language: str | None,
    task: str | None,
    glossary: Path | None,
    retention_h: float | None,
    is_public: bool | None,
    is_open: bool | None,
    source: str | None,
    outputs: list[str] | None,
) -> dict[str, object]:
    """Return the options that were given, under the names of the REST interface."""
    from app.decode.glossary import read_text

    changes: dict[str, object] = {
        "title": "" if title == NONE else title,
        "languages": None if language is None else _read_list(language.split(",")),
        "task": task,
        "glossary": read_text(glossary) if glossary else None,
        "retention_h": retention_h,
        "is_public": is_public,
        "is_open": is_open,
        "outputs": [_read_output(one) for one in _read_list(outputs)] if outputs else None,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    if source == terminal.ASK:
        source = terminal.read_secret("Address of the stream")
    return given | ({} if source is None else {"source": None if source == NONE else source})


def _read_notice(path: str | None) -> str | None:
    return "" if path == NONE else terminal.read_file(Path(path)) if path is not None else None


def _read_list(words: list[str]) -> list[str]:
    return [] if words == [NONE] else words


def _read_output(text: str) -> dict[str, str | None]:
    kind, _, track = text.partition(":")
    return {"format": kind, "track": track or None}


def _describe(one: "RoomResource") -> str:
    return f"{'open' if one.is_open else 'closed'}, {'public' if one.is_public else 'private'}"


def _list_sources(one: "RoomResource") -> str:
    return ", ".join(f"{source.name} {source.status}" for source in one.state.sources)
