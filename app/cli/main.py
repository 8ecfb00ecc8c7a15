"""The command line; heavy modules are imported inside the commands, so that `--help` is instant."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from app import hardening
from app.cli import exit_codes
from app.cli.backup import backup, restore
from app.cli.bench import bench
from app.cli.incident import incident
from app.cli.keys import key
from app.cli.obs import obs
from app.cli.options import DataFolder, Device, Glossary, Model, SpokenLanguage, parse_task
from app.cli.redacted_usage import RedactedGroup, print_unexpected
from app.cli.rooms import room
from app.cli.terminal import LOCAL, At

app = typer.Typer(
    name="surtitle",
    cls=RedactedGroup,
    help="Live subtitles, in the reader's own language, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(room, name="room")
app.add_typer(key, name="key")
app.add_typer(obs, name="obs")
app.add_typer(bench, name="bench")
app.command()(backup)
app.command()(restore)
app.command()(incident)


@app.command()
def serve(
    room: Annotated[str | None, typer.Option(help="Name of the room.")] = None,
    title: Annotated[str | None, typer.Option(help="Name of the room for people, in any letters.")] = None,
    source: Annotated[
        str | None, typer.Option(help="microphone, microphone:NAME, a file, a URL, or - for raw PCM (16 kHz mono).")
    ] = None,
    private_sources: Annotated[
        bool | None, typer.Option("--private-sources", help="Allow URL sources on private networks, such as cameras.")
    ] = None,
    model: Model = None,
    language: SpokenLanguage = None,
    task: Annotated[str | None, typer.Option(help="transcribe, or translate to add English.")] = None,
    glossary: Glossary = None,
    save: Annotated[Path | None, typer.Option(help="Subtitle file to write: .srt, .vtt, .txt, .json or .csv.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; all but 127.0.0.1 require a key.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free port.")] = None,
    public: Annotated[
        bool | None, typer.Option("--public/--private", help="Whether everybody may read the room without a key.")
    ] = None,
    device: Device = None,
    window: Annotated[
        str | None, typer.Option(help="Shortest encoder window: auto (by load), 512, 768 or 1500 frames of 20 ms.")
    ] = None,
    draft_model: Annotated[
        str | None, typer.Option(help="Smaller model for words that may still change; it takes load off the large one.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for rooms, keys and captions.")] = None,
    memory: Annotated[bool | None, typer.Option("--memory", help="Write nothing to the disk.")] = None,
    retention: Annotated[
        float | None, typer.Option(min=0, help="Hours for which captions are kept; 0 keeps them in memory only.")
    ] = None,
    require_keys: Annotated[
        bool | None, typer.Option("--require-keys", help="Require a key for reading on this machine too.")
    ] = None,
    public_url: Annotated[str | None, typer.Option(help="Address of the pages behind a proxy: https://…")] = None,
    shared_addresses: Annotated[
        str | None, typer.Option(help="Addresses that more than 3,000 people share, such as a hall's: 192.0.2.7,….")
    ] = None,
    offline: Annotated[bool | None, typer.Option("--offline", help="Download nothing, not even a model.")] = None,
) -> None:
    """Run the service: sound in, subtitles on the overlay page."""
    from app import config

    with exit_codes.guarded():
        from app.cli.serve import serve as run_service
        from app.web.fair_loop import new_event_loop

        settings = config.read(
            room=room,
            title=title,
            source=source,
            private_sources=private_sources,
            model=model,
            language=language,
            task=task,
            glossary=glossary,
            save=save,
            host=host,
            port=port,
            public=public,
            device=device,
            window=window,
            draft_model=draft_model,
            data=data,
            memory=memory,
            retention_h=retention,
            require_keys=require_keys,
            public_url=public_url,
            shared_addresses=shared_addresses,
            offline=offline,
        )
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(run_service(settings))


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the meeting and print a summary.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file; implies --once.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free port.")] = None,
    model: Model = None,
) -> None:
    """Play the bundled meeting into a room and show its English subtitles here and on the overlay page."""
    from app import config

    with exit_codes.guarded():
        from app.cli.demo import demo as run_demo
        from app.web.fair_loop import new_event_loop

        settings = config.read(model=model or "demo", language="de,en", task="translate", port=port, memory=True)
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(run_demo(settings, once=once or json is not None, json_path=json))


@app.command()
def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings: sound or video files.")],
    language: SpokenLanguage = None,
    task: Annotated[str, typer.Option(help="transcribe, or translate into English.")] = "transcribe",
    formats: Annotated[str, typer.Option("--format", help="srt, vtt, txt, json, csv, or several with commas.")] = "srt",
    out: Annotated[Path | None, typer.Option(help="Folder for the subtitles; else beside each recording.")] = None,
    glossary: Glossary = None,
    beam: Annotated[int, typer.Option(min=1, max=20, help="Beam size; 1 is fastest.")] = 5,
    again: Annotated[bool, typer.Option("--again", help="Transcribe files again that are done already.")] = False,
    model: Model = None,
    device: Device = None,
) -> None:
    """Write subtitles for recorded files."""
    with exit_codes.guarded():
        from app.cli.transcribe import transcribe as run_transcribe

        run_transcribe(
            files,
            formats=formats,
            out=out,
            beam=beam,
            again=again,
            model=model,
            language=language,
            task=parse_task(task),
            glossary=glossary,
            device=device,
        )


@app.command()
def devices() -> None:
    """List the sound devices of this machine."""
    with exit_codes.guarded():
        from app.audio import microphone

        found = microphone.list_devices()
        for device in found:
            kind = "monitor" if device.is_monitor else "input"
            typer.echo(f"{device.name}  ({kind}, {device.host}, {device.n_channels} ch, {device.rate_hz} Hz)")
        if not found:
            typer.echo("This machine has no sound device that records.")


@app.command()
def models(
    fetch: Annotated[
        str | None,
        typer.Option(help="Download this model now, so that serve --offline finds it: a name, a name@commit, or auto."),
    ] = None,
    task: Annotated[str | None, typer.Option(help="With --fetch auto: transcribe or translate.")] = None,
) -> None:
    """List the models that --model knows by name, and the one that auto chooses here."""
    with exit_codes.guarded():
        from app.cli.models import fetch_model, list_models

        if fetch is None:
            list_models()
        else:
            fetch_model(model=fetch, task=task)


@app.command()
def audit(
    since: Annotated[str | None, typer.Option(help="30m, 12h or 7d back, or a date such as 2026-11-21.")] = None,
    room: Annotated[str | None, typer.Option(help="Only what was done in this room.")] = None,
    key: Annotated[
        str | None, typer.Option(help="Only what the key with this id did, and what was done to it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
    data: DataFolder = None,
) -> None:
    """Print who did what and when: keys, rooms, outputs, corrections, downloads and refused logins."""
    with exit_codes.guarded():
        from app import config
        from app.cli.audit import print_audit

        print_audit(config.read(data=data).data, since=since, room=room, key=key, as_json=json)


@app.command()
def doctor(
    data: DataFolder = None,
    host: Annotated[str | None, typer.Option(help="Address that the service listens on, as for serve.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Address of the pages behind a proxy, as for serve.")] = None,
    model: Model = None,
    device: Device = None,
    at: At = LOCAL,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check this machine, the settings and the running service, and say what to do; exits with 1 if a check is red."""
    with exit_codes.guarded():
        from app.cli.doctor import examine, print_finding, to_json

        given = {"data": data, "host": host, "public_url": public_url, "model": model, "device": device}
        findings = examine(given, at=at, on_finding=(lambda finding: None) if json else print_finding)
        if json:
            typer.echo(to_json(findings))
        if any(finding.colour == "red" for finding in findings):
            sys.exit(exit_codes.FAILURE)


USERS_FILES = {"transcribe", "models", "bench", "devices", "doctor"}
"""Commands that keep the user's umask: they write subtitles beside recordings, figures, and models, which one user may
download for another, and `doctor` checks the umask. All other commands handle keys or captions of meetings."""


def main() -> None:
    """Run the command line."""
    sys.excepthook = print_unexpected
    hardening.protect_memory()
    if sys.argv[1:2] and sys.argv[1] not in USERS_FILES:
        hardening.protect_files()
    app(prog_name="surtitle")


if __name__ == "__main__":
    main()
