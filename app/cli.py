"""The command line; heavy modules are imported inside the commands, so that `--help` is instant."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="surtitle",
    help="Live subtitles, in the reader's own language, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
bench = typer.Typer(help="Measure speed, delay and errors.", no_args_is_help=True)
app.add_typer(bench, name="bench")

Model = Annotated[str | None, typer.Option(help="auto, demo, a hub name such as small, or a CTranslate2 folder.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu or cuda.")]


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
    from app import config, program

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
        asyncio.run(program.serve(settings))

    program.guard(work)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the meeting, with a summary.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the summary here; implies --once.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 for any free one.")] = None,
    model: Model = None,
) -> None:
    """Play the bundled meeting into a room and show its English subtitles here and on the overlay page."""
    from app import config, program, terminal

    def work() -> None:
        settings = config.read(model=model or "demo", language="de,en", task="translate", port=port, memory=True)
        asyncio.run(terminal.demo(settings, once=once or json is not None, json_path=json))

    program.guard(work)


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
    from app import program

    def work() -> None:
        program.transcribe(
            files,
            formats=formats,
            out=out,
            beam=beam,
            again=again,
            model=model,
            language=language,
            task=program.task(task),
            glossary=glossary,
            device=device,
        )

    program.guard(work)


@app.command()
def devices() -> None:
    """List the sound devices of this machine."""
    from app import program
    from app.audio import microphone

    def show() -> None:
        found = microphone.list_devices()
        for device in found:
            kind = "monitor" if device.is_monitor else "input"
            typer.echo(f"{device.name}  ({kind}, {device.host}, {device.n_channels} ch, {device.rate_hz} Hz)")
        if not found:
            typer.echo("This machine has no sound device that can hear.")

    program.guard(show)


@app.command()
def models() -> None:
    """List the models that --model knows by name, and what auto would take here."""
    from app.decode import models as known
    from app.decode.whisper import has_gpu

    device = "cuda" if has_gpu() else "cpu"
    typer.echo("demo  (bundled: a few hundred German and English words of a staff meeting)")
    for name, repository in known.REPOSITORIES.items():
        typer.echo(f"{name}  ({repository})")
    typer.echo(
        f"auto on this machine ({device}): {known.suitable(device, 'transcribe')} to transcribe, "
        f"{known.suitable(device, 'translate')} to translate"
    )


@bench.command("stream")
def bench_stream(
    manifest: Annotated[Path, typer.Argument(help="JSON lines: audio, language, task, reference, words.")],
    model: Model = "demo",
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play at the pace of life.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the lag of every word into this PNG.")] = None,
) -> None:
    """Measure errors and delay of live captions on recorded clips."""
    from app import program
    from app.lab import bench_stream as measure

    def work() -> None:
        report = measure.run(
            manifest, model or "demo", json, realtime, plot, lambda clip: typer.echo(clip.line.audio.name)
        )
        typer.echo(report.table())

    program.guard(work)


@bench.command("rooms")
def bench_rooms(
    rooms: Annotated[int, typer.Option(min=1, max=10_000, help="Rooms at once; with --find, the first try.")] = 8,
    seconds: Annotated[float, typer.Option(min=10.0, help="How long they speak.")] = 60.0,
    model: Model = "demo",
    draft_model: Annotated[str | None, typer.Option(help="Smaller model for words that may still change.")] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Folder of recordings, or a manifest as for bench stream; else demo speech.")
    ] = None,
    find: Annotated[bool, typer.Option("--find", help="Search the most rooms within the bound.")] = False,
    task: Annotated[str, typer.Option(help="transcribe, or translate to add English.")] = "transcribe",
    without: Annotated[
        str, typer.Option(help="Switch off, with commas: batching, short, cache, align, lanes, slots.")
    ] = "",
    silent: Annotated[bool, typer.Option("--silent", help="Rooms are open, but nobody speaks.")] = False,
    kills: Annotated[int, typer.Option(min=0, help="Kill the decoding process so often meanwhile.")] = 0,
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw waits and backlog into this PNG.")] = None,
) -> None:
    """Measure how many rooms this machine carries, each speaking without pause."""
    from app import program
    from app.lab import bench_rooms as measure
    from app.lab.bench_rooms_play import Plan

    def work() -> None:
        switches = frozenset(part.strip() for part in without.split(",") if part.strip())
        plan = Plan(rooms, seconds, switches, silent, program.task(task), admits=not switches, kills=kills)
        report = measure.run(
            plan,
            model=model or "demo",
            draft_model=draft_model,
            corpus_path=corpus,
            json_path=json,
            plot=plot,
            find_most=find,
            tell=lambda line: typer.echo(line, err=True),
        )
        typer.echo(report.table())

    program.guard(work)


@bench.command("viewers")
def bench_viewers(
    viewers: Annotated[int, typer.Option(min=1, max=1_000_000, help="Viewers of the one room.")] = 1_000,
    rate: Annotated[float, typer.Option(min=0.1, help="Events published a second; one in four is final.")] = 4.0,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long the room speaks.")] = 30.0,
    non_readers: Annotated[str, typer.Option(help="Share of viewers who never read, as 5%.")] = "0%",
    churn: Annotated[float, typer.Option(min=0.0, help="Viewers a second who drop and come back.")] = 0.0,
    idle: Annotated[bool, typer.Option("--idle", help="Nothing is published.")] = False,
    transport: Annotated[str, typer.Option(help="ws, or sse.")] = "ws",
    storm: Annotated[bool, typer.Option("--storm", help="All drop at half time and come back.")] = False,
    jitter: Annotated[float, typer.Option(min=0.0, help="Seconds over which a storm's viewers come back.")] = 5.0,
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
) -> None:
    """Measure what a room's audience costs, and whether each viewer has every final phrase once."""
    from app import program
    from app.lab import bench_viewers as measure

    def work() -> None:
        plan = measure.Plan(
            viewers,
            seconds,
            rate_hz=0.0 if idle else rate,
            deaf_share=measure.share(non_readers),
            churn_hz=churn,
            storm_spread_s=jitter if storm else None,
            transport=measure.transport(transport),
        )
        report = measure.run(plan, json_path=json, tell=lambda line: typer.echo(line, err=True))
        typer.echo(report.table())

    program.guard(work)


@bench.command("chaos")
def bench_chaos(
    rounds: Annotated[int | None, typer.Option(min=1, help="How often each fault is done.")] = None,
    fault: Annotated[str, typer.Option(help="kill, source, viewer, disk, suspend, or all.")] = "all",
    seed: Annotated[int, typer.Option(help="Of the random moments.")] = 1,
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
) -> None:
    """Kill, stop, fill and drop, and check that viewers hold what the log holds; leaves with 1 if they do not."""
    from app import program
    from app.lab import bench_chaos as measure

    def work() -> None:
        plan = measure.Plan(measure.faults(fault), rounds, seed)
        report = measure.run(plan, json_path=json, tell=lambda line: typer.echo(line, err=True))
        typer.echo(report.table())
        if not report.holds:
            raise typer.Exit(1)

    program.guard(work)


@bench.command("recorded")
def bench_recorded(
    manifest: Annotated[Path, typer.Argument(help="JSON lines, as for bench stream.")],
    minutes: Annotated[float, typer.Option(min=0.1, help="How much to transcribe; clips are repeated.")] = 30.0,
    beam: Annotated[int, typer.Option(min=1, max=20, help="Hypotheses kept, for both.")] = 5,
    model: Model = "demo",
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
) -> None:
    """Measure transcribe against faster-whisper's batched pipeline."""
    from app import program
    from app.lab import bench_recorded as measure

    def work() -> None:
        report = measure.run(
            manifest,
            model=model or "demo",
            minutes=minutes,
            beam_size=beam,
            json_path=json,
            tell=lambda line: typer.echo(line, err=True),
        )
        for name, figure in report.as_json().items():
            typer.echo(f"{name:16}{figure}")

    program.guard(work)


@bench.command("model")
def bench_model(
    like: Annotated[str, typer.Option(help="Shape: tiny, base, small, medium, large-v3 or turbo.")] = "turbo",
    batch: Annotated[str, typer.Option(help="Batch sizes, with commas.")] = "1,8,32,64",
    window: Annotated[str, typer.Option(help="Encoder lengths in frames of 20 ms, with commas.")] = "512,768,1500",
    device: Device = None,
    compute_type: Annotated[str, typer.Option(help="CTranslate2's compute type.")] = "auto",
    everything: Annotated[
        bool, typer.Option("--all", help="Time suppression, timestamps, lanes and the memory pool too.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw costs and rooms into this PNG.")] = None,
) -> None:
    """Time a model of some shape with random weights, and tell the rooms this machine would carry."""
    from app import program
    from app.lab import bench_model as measure

    def work() -> None:
        plan = measure.Plan(
            like,
            program.numbers(batch, "--batch"),
            program.numbers(window, "--window"),
            device or "auto",
            compute_type,
            everything,
        )
        report = measure.run(plan, json_path=json, plot=plot, tell=lambda line: typer.echo(line, err=True))
        typer.echo(report.table())

    program.guard(work)


def main() -> None:
    """Run the command line."""
    app(prog_name="surtitle")


if __name__ == "__main__":
    main()
