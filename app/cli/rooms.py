"""The commands for the rooms of a running service; only links contain keys, the rest of the output may be shared."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import language_names
from app.cli import room_options as options
from app.cli import terminal
from app.cli.captions import captions
from app.cli.keys import keys
from app.cli.options import OUTPUT, TranslateAlways, TranslateTo, option
from app.cli.outputs import outputs
from app.cli.room_sentences import describe_changes, describe_subtitles
from app.cli.terminal import LOCAL, At, Confirmed, Insecure, KeyFile, PublicUrl, Room, connected
from app.cli.usage import Commands

if TYPE_CHECKING:
    from app.web.schemas import RoomResource

room = Commands(
    help="Create and manage the rooms of a running service.",
    epilog="""\
surtitle room create hall --language German,English --task translate
surtitle room list
surtitle room set hall --pause
surtitle room key hall viewer --label press""",
)


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
                _list_sources(one) or "none",
                one.title,
            )
            for one in client.list_rooms()
        ]
        terminal.print_table(("room", "state", "language", "task", "readers", "sources", "title"), rows)


@room.command(
    "create",
    epilog="""\
surtitle room create hall --language de,en --task translate
surtitle room create hall --language de --translate-to en,French
surtitle room create hall --title "Großer Saal" --public --output srt:en""",
)
def create(
    name: Room,
    title: options.Title = None,
    task: options.TaskName = None,
    translate_to: TranslateTo = None,
    translate_always: TranslateAlways = None,
    glossary: options.Terms = None,
    language: options.Languages = None,
    source: options.Stream = None,
    channels: options.StreamChannels = None,
    public: options.Public = None,
    retention: options.Retention = None,
    output: options.OutputFiles = None,
    public_url: PublicUrl = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Create a room and print its links; needs the admin key."""
    with connected(at, key_file, insecure) as client:
        from app.cli.request_body import build
        from app.web.schemas import NewRoom

        changes: dict[str, object] = {
            "title": title,
            "languages": options.read_languages(language),
            "task": options.read_task(task),
            "targets": options.read_targets(translate_to),
            "translates_always": translate_always,
            "channels": options.clear_none(channels),
            "glossary": options.read_glossary(glossary),
            "retention_h": retention,
            "is_public": public,
            "outputs": options.read_outputs(output),
        }
        given = {field: value for field, value in changes.items() if value is not None} | options.read_source(source)
        new = client.create_room(build(NewRoom, name=name, **given))
        typer.echo(f"Room {name} is open. {describe_subtitles(new.languages, new.task, 'It', new.targets)}")
        address = terminal.link_address(client, public_url, name)
        for key in new.keys:
            terminal.print_link(address, key)
        if new.code:
            typer.echo(f"Everybody can read along at: {address.rstrip('/')}/c/{new.code}")
        typer.echo(
            "The part after # is the access key. It is shown only once; "
            f"`surtitle room key {name} viewer` makes another."
        )


@room.command("show")
def show(name: Room, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """Show a room: its settings, its sources and its problems."""
    with connected(at, key_file, insecure) as client:
        one = client.get_room(name)
        rows = [
            ("room", f"{one.name}, {_describe(one)}"),
            ("title", one.title or "none"),
            ("language", language_names.describe(one.languages)),
            ("task", one.task),
            ("translated into", _describe_targets(one)),
            ("speakers", _describe_speakers(one)),
            ("captions are kept", f"{one.retention_h:g} hours" if one.retention_h else "in memory only"),
            ("glossary", f"{len(one.glossary.splitlines())} lines"),
            ("message", one.notice or "none"),
            ("may be framed by", ", ".join(one.frame_sites) or "no site"),
            ("data protection notice", f"{len(one.privacy_notice)} characters" if one.privacy_notice else "none"),
            ("stream", f"{one.source or 'none'}{f', channels {one.channels}' if one.channels else ''}"),
            *(
                (f"output {out.id}", f"{out.kind} {out.health.status} {out.health.message}")
                for out in one.state.outputs
            ),
            ("short code", one.code or "none"),
            ("readers", str(one.state.n_readers)),
            *((f"source {source.name}", f"{source.status} {source.message}") for source in one.state.sources),
            *(("problem", problem) for problem in one.state.problems),
        ]
        terminal.print_pairs(rows)


@room.command(
    "set",
    epilog="""\
surtitle room set hall --pause
surtitle room set hall --notice "We go on at 14:00."
surtitle room set hall --translate-to en,fr,pt
surtitle room set hall --speaker "Speaker 1=Ada" --names
surtitle room set hall --public --retention 72""",
)
def change(
    name: Room,
    title: options.Title = None,
    task: options.TaskName = None,
    translate_to: TranslateTo = None,
    translate_always: TranslateAlways = None,
    glossary: options.Terms = None,
    language: options.Languages = None,
    source: options.Stream = None,
    channels: options.StreamChannels = None,
    speaker: options.SpeakerNames = None,
    shows_names: options.ShowsNames = None,
    is_paused: options.Paused = None,
    is_hidden: options.Hidden = None,
    notice: options.Notice = None,
    privacy_notice: options.PrivacyNotice = None,
    public: options.Public = None,
    is_open: options.Open = None,
    offers_transcript: options.OffersTranscript = None,
    frame_sites: options.FrameSites = None,
    retention: options.Retention = None,
    output: options.OutputFiles = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Change settings of a room and print the new ones; all others stay as they are."""
    with connected(at, key_file, insecure) as client:
        from app.cli.request_body import build
        from app.errors import SettingsError
        from app.web.schemas import RoomChange
        from app.web.speaker_schemas import SpeakerName

        names = options.read_speakers(speaker)
        changes: dict[str, object] = {
            "title": options.clear_none(title),
            "languages": options.read_languages(language),
            "task": options.read_task(task),
            "targets": options.read_targets(translate_to),
            "translates_always": translate_always,
            "channels": options.clear_none(channels),
            "glossary": options.read_glossary(glossary),
            "retention_h": retention,
            "is_public": public,
            "is_open": is_open,
            "outputs": options.read_outputs(output),
            "speaker_names": {} if names == {} else None,
            "shows_names": shows_names,
            "is_hidden": is_hidden,
            "is_paused": is_paused,
            "notice": options.clear_none(notice),
            "offers_transcript": offers_transcript,
            "frame_sites": options.read_list(frame_sites),
            "privacy_notice": options.read_notice(privacy_notice),
        }
        given = {field: value for field, value in changes.items() if value is not None} | options.read_source(source)
        if not given and not names:
            raise SettingsError(
                "Expected something to change, such as --pause or --public, but got no option. "
                "`surtitle room set --help` lists them."
            )
        change = build(RoomChange, **given)
        for label, shown in (names or {}).items():
            client.name_speaker(name, build(SpeakerName, label=label, name=shown))
        one = client.change_room(name, change)
        changed = {*given, "speaker_names"} if names else given
        for sentence in describe_changes(one, changed, one.address or client.address):
            typer.echo(sentence)
        if one.n_disconnected:
            verb = "reader or speaker was" if one.n_disconnected == 1 else "readers and speakers were"
            typer.echo(f"{one.n_disconnected} {verb} disconnected, because the room does not let them in now.")


@room.command("remove", epilog="surtitle room remove hall --export hall.json")
def remove(
    name: Room,
    export: Annotated[Path | None, option(OUTPUT, "Export the room to this file first.", metavar="FILE")] = None,
    yes: Confirmed = False,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Close a room and delete it, with its captions and keys; prints a receipt."""
    terminal.confirm(f"Delete the room {name} with its captions and keys for ever?", yes)
    with connected(at, key_file, insecure) as client:
        from app.cli.request_body import build
        from app.web.schemas import RoomChange

        if export is not None:
            terminal.write_file(export, b"")  # a file that cannot be written fails while the room is still open
            client.change_room(name, build(RoomChange, is_open=False))  # so that nothing is said after the export
            terminal.write_file(export, client.export_room(name))
        receipt = client.remove_room(name)
        typer.echo(f"The room {name} is deleted." + (f" The export is in {export}." if export else ""))
        typer.echo(f"\n{receipt.text}", nl=False)


room.add_typer(captions)
room.add_typer(keys)
room.add_typer(outputs, name="output")


def _describe(one: "RoomResource") -> str:
    parts = ["open" if one.is_open else "closed", "public" if one.is_public else "private"]
    parts += ["paused"] if one.is_paused else []
    parts += ["screens blank"] if one.is_hidden else []
    return ", ".join(parts)


def _describe_targets(one: "RoomResource") -> str:
    if not one.targets:
        return "no language"
    when = "all the time" if one.translates_always else "while somebody reads it"
    return f"{language_names.describe(one.targets)}, {when}"


def _describe_speakers(one: "RoomResource") -> str:
    names = "; ".join(f"{label} is {name}" for label, name in one.speaker_names.items())
    return f"{names or 'as their sources name them'}{'' if one.shows_names else ' (not shown)'}"


def _list_sources(one: "RoomResource") -> str:
    return ", ".join(f"{source.name} {source.status}" for source in one.state.sources)
