"""The command line; heavy modules are imported inside the commands, so that `--help` is instant."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from app.cli.bench import Device, Model, bench
from app.cli.obs import obs
from app.cli.rooms import room

app = typer.Typer(
    name="surtitle",
    help="Live subtitles, in the reader's own language, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(room, name="room")
app.add_typer(obs, name="obs")
app.add_typer(bench, name="bench")


@app.command()
def serve(
    room: Annotated[str | None, typer.Option(help="Name of the room.")] = None,
    source: Annotated[
        str | None, typer.Option(help="microphone, microphone:NAME, a file, a URL, or - for raw PCM (16 kHz mono).")
    ] = None,
    private_sources: Annotated[
        bool | None, typer.Option("--private-sources", help="Let URL sources lie on private networks, as cameras do.")
    ] = None,
    model: Model = None,
    language: Annotated[str | None, typer.Option(help="Spoken language, as de, or several, as de,en.")] = None,
    task: Annotated[str | None, typer.Option(help="transcribe, or translate to add English.")] = None,
    glossary: Annotated[Path | None, typer.Option(help="File of terms, and lines 'wrong => right'.")] = None,
    save: Annotated[Path | None, typer.Option(help="Subtitle file to write: .srt, .vtt, .txt, .json or .csv.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; others than 127.0.0.1 demand a key.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 for any free one.")] = None,
    device: Device = None,
    draft_model: Annotated[
        str | None, typer.Option(help="Smaller model for words that may still change; spares the large one.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for rooms, keys and captions.")] = None,
    memory: Annotated[bool | None, typer.Option("--memory", help="Write nothing to the disk.")] = None,
    retention: Annotated[
        float | None, typer.Option(min=0, help="Hours that captions are kept; 0: in memory only.")
    ] = None,
    require_keys: Annotated[
        bool | None, typer.Option("--require-keys", help="Ask users of this machine for keys too.")
    ] = None,
    public_url: Annotated[str | None, typer.Option(help="Address people use, behind a proxy: https://…")] = None,
    offline: Annotated[bool | None, typer.Option("--offline", help="Fetch nothing, not even a model.")] = None,
) -> None:
    """Run the service: sound in, subtitles on the overlay page."""
    from app import config
    from app.cli import exit_codes, serve

    def work() -> None:
        settings = config.read(
            room=room,
            source=source,
            private_sources=private_sources,
            model=model,
            language=language,
            task=task,
            glossary=glossary,
            save=save,
            host=host,
            port=port,
            device=device,
            draft_model=draft_model,
            data=data,
            memory=memory,
            retention_h=retention,
            require_keys=require_keys,
            public_url=public_url,
            offline=offline,
        )
        asyncio.run(serve.serve(settings))

    exit_codes.guard(work)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the meeting, with a summary.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the summary here; implies --once.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 for any free one.")] = None,
    model: Model = None,
) -> None:
    """Play the bundled meeting into a room and show its English subtitles here and on the overlay page."""
    from app import config
    from app.cli import demo, exit_codes

    def work() -> None:
        settings = config.read(model=model or "demo", language="de,en", task="translate", port=port, memory=True)
        asyncio.run(demo.demo(settings, once=once or json is not None, json_path=json))

    exit_codes.guard(work)


@app.command()
def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings: sound or video files.")],
    language: Annotated[str | None, typer.Option(help="Spoken language, as de, or several, as de,en.")] = None,
    task: Annotated[str, typer.Option(help="transcribe, or translate into English.")] = "transcribe",
    formats: Annotated[str, typer.Option("--format", help="srt, vtt, txt, json, csv, or several with commas.")] = "srt",
    out: Annotated[Path | None, typer.Option(help="Folder for the subtitles; else beside each recording.")] = None,
    glossary: Annotated[Path | None, typer.Option(help="File of terms, and lines 'wrong => right'.")] = None,
    beam: Annotated[int, typer.Option(min=1, max=20, help="Hypotheses kept; 1 is fastest.")] = 5,
    again: Annotated[bool, typer.Option("--again", help="Do files anew that are done already.")] = False,
    model: Model = None,
    device: Device = None,
) -> None:
    """Write subtitles for recorded files."""
    from app.cli import exit_codes, serve

    def work() -> None:
        serve.transcribe(
            files,
            formats=formats,
            out=out,
            beam=beam,
            again=again,
            model=model,
            language=language,
            task=serve.task(task),
            glossary=glossary,
            device=device,
        )

    exit_codes.guard(work)


@app.command()
def devices() -> None:
    """List the sound devices of this machine."""
    from app.audio import microphone
    from app.cli import exit_codes

    def show() -> None:
        found = microphone.list_devices()
        for device in found:
            kind = "monitor" if device.is_monitor else "input"
            typer.echo(f"{device.name}  ({kind}, {device.host}, {device.n_channels} ch, {device.rate_hz} Hz)")
        if not found:
            typer.echo("This machine has no sound device that can hear.")

    exit_codes.guard(show)


@app.command()
def models(
    fetch: Annotated[
        str | None, typer.Option(help="Download this model now, so that serve --offline finds it: a name, or auto.")
    ] = None,
    task: Annotated[str | None, typer.Option(help="With --fetch auto: transcribe or translate.")] = None,
) -> None:
    """List the models that --model knows by name, and what auto would take here."""
    from app.cli import exit_codes, serve

    exit_codes.guard(lambda: serve.models_known() if fetch is None else serve.fetch(model=fetch, task=task))


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when the hub's library is imported, later than here
    app(prog_name="surtitle")


if __name__ == "__main__":
    main()
