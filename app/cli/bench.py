"""The commands that measure; heavy modules are imported inside them, so that `--help` is instant."""

from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(help="Measure speed, delay and errors.", no_args_is_help=True)

Model = Annotated[str | None, typer.Option(help="auto, demo, a hub name such as small, or a CTranslate2 folder.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu or cuda.")]


@bench.command("stream")
def bench_stream(
    manifest: Annotated[Path, typer.Argument(help="JSON lines: audio, language, task, reference, words.")],
    model: Model = "demo",
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play at the pace of life.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the lag of every word into this PNG.")] = None,
) -> None:
    """Measure errors and delay of live captions on recorded clips."""
    from app.bench import stream as measure
    from app.cli import exit_codes

    def work() -> None:
        report = measure.run(
            manifest, model or "demo", json, realtime, plot, lambda clip: typer.echo(clip.line.audio.name)
        )
        typer.echo(report.table())

    exit_codes.guard(work)


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
    from app.bench import rooms as measure
    from app.bench.rooms_play import RoomsPlan
    from app.cli import exit_codes, serve

    def work() -> None:
        switches = frozenset(part.strip() for part in without.split(",") if part.strip())
        plan = RoomsPlan(rooms, seconds, switches, silent, serve.task(task), admits=not switches, kills=kills)
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

    exit_codes.guard(work)


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
    from app.bench import viewers as measure
    from app.cli import exit_codes

    def work() -> None:
        plan = measure.ViewersPlan(
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

    exit_codes.guard(work)


@bench.command("recorded")
def bench_recorded(
    manifest: Annotated[Path, typer.Argument(help="JSON lines, as for bench stream.")],
    minutes: Annotated[float, typer.Option(min=0.1, help="How much to transcribe; clips are repeated.")] = 30.0,
    beam: Annotated[int, typer.Option(min=1, max=20, help="Hypotheses kept, for both.")] = 5,
    model: Model = "demo",
    json: Annotated[Path | None, typer.Option(help="Write the figures here.")] = None,
) -> None:
    """Measure transcribe against faster-whisper's batched pipeline."""
    from app.bench import recorded as measure
    from app.cli import exit_codes

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

    exit_codes.guard(work)


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
    from app.bench import model as measure
    from app.cli import exit_codes, serve

    def work() -> None:
        plan = measure.ModelPlan(
            like,
            serve.numbers(batch, "--batch"),
            serve.numbers(window, "--window"),
            device or "auto",
            compute_type,
            everything,
        )
        report = measure.run(plan, json_path=json, plot=plot, tell=lambda line: typer.echo(line, err=True))
        typer.echo(report.table())

    exit_codes.guard(work)
