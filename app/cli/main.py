"""The command line; heavy modules are imported inside the commands, so that `--help` is instant."""

import asyncio
import io
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

import app as surtitle
from app import hardening
from app.cli import exit_codes, options
from app.cli.audit import audit
from app.cli.backup import backup, restore
from app.cli.bench import bench
from app.cli.incident import incident
from app.cli.keys import key
from app.cli.obs import obs
from app.cli.options import OUTPUT, AsJson, DataFolder, Device, Glossary, Model, SpokenLanguage, option, parse_task
from app.cli.rooms import room
from app.cli.terminal import LOCAL, At
from app.cli.usage import HELP, Commands, print_unexpected

MEETING = "Subtitles"
CONTROL = "A running service"
MACHINE = "This machine"
FOLDER = "Data of a service"

app = Commands(
    name="surtitle",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\
surtitle demo
surtitle serve --source microphone --language en
surtitle transcribe interview.mp4 --language de
surtitle COMMAND --help""",
)


def print_version(is_asked: bool) -> None:
    """Print the version and end, if `--version` was given."""
    if is_asked:
        typer.echo(f"surtitle {surtitle.__version__}")
        raise typer.Exit


@app.callback()
def read_common_options(
    version: Annotated[
        bool, option(HELP, "Show the version.", "--version", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Live subtitles, in the reader's own language, on your own machine."""


@app.command(
    rich_help_panel=MEETING,
    epilog="""\
surtitle serve --source microphone --language en
surtitle serve --source Ada=microphone:USB --source Grace=microphone:Line
surtitle serve --source microphone:Mixer --channels 1:Ada,2:Grace,3:floor
surtitle serve --source microphone:USB --language de,en --host 0.0.0.0 --public
surtitle serve --source microphone --language de --translate-to en,fr,Polish
surtitle serve --language en --host 0.0.0.0 --https
surtitle serve --source talk.mp4 --language German --save talk.srt
surtitle serve --source https://example.org/live.m3u8 --language en""",
)
def serve(
    source: options.Source = None,
    channels: options.Channels = None,
    private_sources: options.PrivateSources = None,
    language: SpokenLanguage = None,
    room: options.RoomName = None,
    title: options.Title = None,
    task: options.TaskName = None,
    translate_to: options.TranslateTo = None,
    translate_always: options.TranslateAlways = None,
    glossary: Glossary = None,
    save: options.Save = None,
    model: Model = None,
    draft_model: options.DraftModel = None,
    translation_model: options.TranslationModel = None,
    accept_licence: options.AcceptLicence = None,
    english: options.English = None,
    speaker_model: options.SpeakerModel = None,
    device: Device = None,
    window: options.Window = None,
    offline: options.Offline = None,
    host: options.Host = None,
    port: options.Port = None,
    public: options.Public = None,
    https: options.Https = None,
    https_cert: options.HttpsCert = None,
    https_key: options.HttpsKey = None,
    require_keys: options.RequireKeys = None,
    public_url: options.PublicUrl = None,
    shared_addresses: options.SharedAddresses = None,
    data: options.Data = None,
    memory: options.Memory = None,
    retention: options.Retention = None,
) -> None:
    """Run the service: sound goes in, subtitles appear on the pages whose links it prints."""
    given = dict(locals())  # each option has the name of its setting, but one
    given["retention_h"] = given.pop("retention")
    given["source"] = "\n".join(source) if source else None
    from app import config

    with exit_codes.guarded():
        settings = config.read(**given)
        typer.echo("Starting Surtitle.")
        from app.cli.serve import serve as run_service
        from app.web.fair_loop import new_event_loop

        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(run_service(settings))


@app.command(rich_help_panel=MEETING, epilog="surtitle demo\nsurtitle demo --host 0.0.0.0 --public")
def demo(
    once: Annotated[bool, option(OUTPUT, "Stop after the meeting with a summary, as --json does.", "--once")] = False,
    json: options.JsonFile = None,
    host: options.Host = None,
    port: options.Port = None,
    public: options.Public = None,
    model: Model = None,
) -> None:
    """Play the bundled meeting into a room: in English here, on the pages in German, English, French and Portuguese."""
    from app import config

    with exit_codes.guarded():
        settings = config.read(**options.DEMO, model=model or "demo", host=host, port=port, public=public)
        typer.echo("Starting the demo.")
        from app.cli.demo import demo as run_demo
        from app.web.fair_loop import new_event_loop

        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(run_demo(settings, once=once or json is not None, json_path=json))


@app.command(
    rich_help_panel=MEETING,
    epilog="""\
surtitle transcribe interview.mp4 --language de
surtitle transcribe *.mp3 --language English --format srt,txt""",
)
def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings: sound or video files.", metavar="FILE...")],
    language: SpokenLanguage = None,
    task: Annotated[str, option(options.SUBTITLES, "transcribe, or translate into English.", metavar="TASK")] = (
        "transcribe"
    ),
    formats: Annotated[
        str,
        option(options.SUBTITLES, "One or several of srt,vtt,txt,json,csv.", "--format", metavar="FORMAT"),
    ] = "srt",
    out: Annotated[
        Path | None,
        option(options.SUBTITLES, "Folder for the subtitles; else beside each recording.", metavar="FOLDER"),
    ] = None,
    glossary: Glossary = None,
    again: Annotated[
        bool, option(options.SUBTITLES, "Transcribe files again that have subtitles already.", "--again")
    ] = False,
    model: Model = None,
    device: Device = None,
    beam: Annotated[
        int,
        option(options.MODEL, "Beam size, 1 to 20; 1 is fastest.", metavar="SIZE", min=1, max=20, show_default=True),
    ] = 5,
) -> None:
    """Write subtitles for recorded files."""
    with exit_codes.guarded():
        task_name = parse_task(task)
        from app.cli.transcribe import transcribe as run_transcribe

        run_transcribe(
            files,
            formats=formats,
            out=out,
            beam=beam,
            again=again,
            model=model,
            language=language,
            task=task_name,
            glossary=glossary,
            device=device,
        )


@app.command(rich_help_panel=MACHINE)
def devices() -> None:
    """List the sound devices of this machine."""
    with exit_codes.guarded():
        from app.cli.devices import list_devices

        list_devices()


@app.command(
    rich_help_panel=MACHINE,
    epilog="""\
surtitle models
surtitle models --fetch small
surtitle models --fetch m2m100-418m
surtitle models --languages""",
)
def models(
    fetch: Annotated[
        str | None,
        option(
            options.MODEL,
            "Download this model now, so that serve --offline finds it: a name, name@commit, or auto.",
            metavar="MODEL",
        ),
    ] = None,
    task: Annotated[
        str | None, option(options.MODEL, "With --fetch auto: transcribe or translate.", metavar="TASK")
    ] = None,
    accept_licence: options.AcceptLicence = None,
    languages: Annotated[
        bool, option(OUTPUT, "List the spoken languages and their codes instead.", "--languages")
    ] = False,
    commits: Annotated[
        bool, option(OUTPUT, "List the repository and the commit of each model instead.", "--commits")
    ] = False,
) -> None:
    """List the models with their size, memory and languages, and the one that auto chooses here."""
    with exit_codes.guarded():
        from app.cli.models import fetch_model, list_commits, list_languages, list_models

        if languages:
            list_languages()
        elif commits:
            list_commits()
        elif fetch is None:
            list_models()
        else:
            fetch_model(model=fetch, task=task, accept_licence=accept_licence)


@app.command(rich_help_panel=MACHINE, epilog="surtitle doctor\nsurtitle doctor --host 0.0.0.0 --https --model small")
def doctor(
    data: DataFolder = None,
    host: options.Host = None,
    https: options.Https = None,
    public_url: options.PublicUrl = None,
    model: Model = None,
    device: Device = None,
    at: At = LOCAL,
    json: AsJson = False,
) -> None:
    """Check this machine, the settings and the running service, and say what to do; status 1 if a check is red."""
    with exit_codes.guarded():
        from app.cli.doctor import examine, print_finding, to_json

        given = {"data": data, "host": host, "https": https, "public_url": public_url, "model": model, "device": device}
        findings = examine(given, at=at, on_finding=(lambda finding: None) if json else print_finding)
        if json:
            typer.echo(to_json(findings))
        if any(finding.colour == "red" for finding in findings):
            sys.exit(exit_codes.FAILURE)


app.add_typer(room, name="room", rich_help_panel=CONTROL)
app.add_typer(key, name="key", rich_help_panel=CONTROL)
app.command(rich_help_panel=CONTROL)(incident)
app.add_typer(obs, name="obs", rich_help_panel=CONTROL)
app.command(
    rich_help_panel=FOLDER, epilog="surtitle audit --since 12h\nsurtitle audit --room hall --json > audit.jsonl"
)(audit)
app.command(rich_help_panel=FOLDER, epilog="surtitle backup monday.surtitle")(backup)
app.command(rich_help_panel=FOLDER, epilog="surtitle restore monday.surtitle --force")(restore)
app.add_typer(bench, name="bench", rich_help_panel=MACHINE)

USERS_FILES = {"transcribe", "models", "bench", "devices", "doctor"}
"""Commands that keep the user's umask, for subtitles beside recordings, figures and models; `doctor` checks it."""


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a pipe on Windows knows 256 characters, and speech has all others
    sys.excepthook = print_unexpected
    hardening.protect_memory()
    if sys.argv[1:2] and sys.argv[1] not in USERS_FILES:
        hardening.protect_files()
    try:
        get_command(app)(prog_name="surtitle")  # calling `app` itself would replace the hook
    except SystemExit as end:
        if end.code == exit_codes.INTERRUPTED:
            exit_codes.leave_after_interrupt()
        raise
