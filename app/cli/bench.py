"""The commands `surtitle bench …`; heavy modules are imported inside them, so that `--help` is instant."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli import exit_codes
from app.cli.options import Device, JsonFile, Model, parse_numbers, parse_task
from app.cli.usage import Commands

bench = Commands(help="Measure speed, delay and errors; most need the extra `bench`.")

print_progress = partial(typer.echo, err=True)
"""Progress goes to standard error, so that standard output holds the figures alone."""


@bench.command("stream")
def bench_stream(
    manifest: Annotated[Path, typer.Argument(help="JSON lines: audio, language, task, reference, words.")],
    model: Model = "demo",
    json: JsonFile = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Play at normal speed, not on a simulated clock.")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the lag of every word into this PNG.")] = None,
    offsets: Annotated[
        int, typer.Option(min=1, max=50, help="Plays of each clip, at different moments of decoding; 1 in real time.")
    ] = 3,
    trace: Annotated[Path | None, typer.Option(help="Write what was decoded into this file, for replay.")] = None,
) -> None:
    """Measure errors and delay of live captions on recorded clips."""
    with exit_codes.guarded():
        from app.bench import stream

        report = stream.run(
            manifest,
            model or "demo",
            json,
            realtime,
            plot,
            on_clip=lambda clip: typer.echo(clip.line.audio.name),
            offsets=offsets,
            trace=trace,
        )
        typer.echo(report.table())


@bench.command("speech")
def bench_speech(
    manifest: Annotated[Path, typer.Argument(help="JSON lines: audio, reference, and speech or words.")],
    json: JsonFile = None,
) -> None:
    """Measure where speech is found, and how soon its end is; the settings SURTITLE_SPEECH_… apply."""
    with exit_codes.guarded():
        from app import config
        from app.audio.speech_thresholds import read_thresholds
        from app.bench import speech

        thresholds = read_thresholds(config.read())
        report = speech.run(manifest, json, lambda clip: print_progress(clip.name), thresholds)
        typer.echo(report.table())


@bench.command("translate")
def bench_translate(
    manifest: Annotated[
        Path | None, typer.Argument(help="JSON lines: audio, language, task, reference, translations.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Play the demo meeting.")] = False,
    targets: Annotated[str, typer.Option(help="Languages to translate into.")] = "de,en,fr,pt",
    rooms: Annotated[int, typer.Option(min=1, max=500, help="Rooms at once.")] = 1,
    model: Model = "demo",
    translation_model: Annotated[str, typer.Option(help="As for surtitle serve.")] = "auto",
    glossary: Annotated[Path | None, typer.Option(help="Glossary with locked terms.")] = None,
    kills: Annotated[int, typer.Option(min=0, max=1000, help="How often the translation process is killed.")] = 0,
    json: JsonFile = None,
) -> None:
    """Measure how soon and how well live speech is translated, in real time."""
    with exit_codes.guarded():
        if (manifest is not None) == demo:
            raise typer.BadParameter("Expected a manifest or --demo, and not both.")
        from app import language_names
        from app.bench import translate

        report = translate.run(
            manifest,
            targets=language_names.parse(targets, "--targets"),
            rooms=rooms,
            model=model or "demo",
            translation_model=translation_model,
            glossary_path=glossary,
            kills=kills,
            json_path=json,
        )
        typer.echo(report.table())


@bench.command("speakers")
def bench_speakers(
    manifest: Annotated[Path | None, typer.Argument(help="JSON lines: audio, reference, speakers.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Play the demo meeting with 2, 3 and 4 of its people.")] = False,
    speaker_model: Annotated[str, typer.Option(help="demo, wespeaker-resnet34, or an ONNX file.")] = "demo",
    similarity: Annotated[
        float | None, typer.Option(min=0.01, max=0.99, help="Least similarity at which two windows are one person.")
    ] = None,
    model: Model = "demo",
    json: JsonFile = None,
) -> None:
    """Measure how well people who share a microphone are distinguished."""
    with exit_codes.guarded():
        if (manifest is not None) == demo:
            raise typer.BadParameter("Expected a manifest or --demo, and not both.")
        from app.bench import speakers

        report = speakers.run(
            manifest,
            model=model or "demo",
            speaker_model=speaker_model,
            similarity=similarity,
            json_path=json,
            on_talk=lambda talk: print_progress(talk.name),
        )
        typer.echo(report.table())


@bench.command("replay")
def bench_replay(
    trace: Annotated[Path, typer.Argument(help="What bench stream --trace wrote: clips and their decodes.")],
    json: JsonFile = None,
) -> None:
    """Play recorded decodes through the caption policy, without a model and without sound."""
    with exit_codes.guarded():
        from app.bench import replay

        report = replay.run(trace, json, on_clip=lambda clip: print_progress(clip.name))
        typer.echo(report.table())


@bench.command("terms")
def bench_terms(
    manifest: Annotated[Path, typer.Argument(help="Clips as for bench stream.")],
    glossary: Annotated[Path, typer.Option(help="Glossary with the terms to count.")],
    model: Model = "demo",
    json: JsonFile = None,
) -> None:
    """Measure what a glossary gains and costs: recall of its terms, false insertions, errors."""
    with exit_codes.guarded():
        from app.bench import terms

        report = terms.run(manifest, glossary, model or "demo", json, on_clip=lambda clip: print_progress(clip.name))
        typer.echo(report.table())


@bench.command("rooms")
def bench_rooms(
    rooms: Annotated[
        int,
        typer.Option(
            min=1, max=10_000, help="Rooms in which somebody speaks at once; with --find, the first number to try."
        ),
    ] = 8,
    seconds: Annotated[float, typer.Option(min=10.0, help="How long they speak.")] = 60.0,
    model: Model = "demo",
    draft_model: Annotated[str | None, typer.Option(help="Smaller model for words that may still change.")] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Folder of recordings, or a manifest as for bench stream; else demo speech.")
    ] = None,
    find: Annotated[
        bool, typer.Option("--find", help="Find the largest number of rooms that is served in time.")
    ] = False,
    task: Annotated[str, typer.Option(help="transcribe, or translate to add English.")] = "transcribe",
    without: Annotated[
        str, typer.Option(help="Switch off, separated by commas: batching, short, cache, align, lanes, slots.")
    ] = "",
    silent: Annotated[bool, typer.Option("--silent", help="Rooms are open, but nobody speaks.")] = False,
    kills: Annotated[int, typer.Option(min=0, help="Kill the decoding process this many times during the run.")] = 0,
    json: JsonFile = None,
    plot: Annotated[Path | None, typer.Option(help="Draw waits and backlog into this PNG.")] = None,
) -> None:
    """Measure how many rooms, all speaking without pause, this machine can serve."""
    with exit_codes.guarded():
        from app.bench import rooms as rooms_bench
        from app.bench.rooms_play import RoomsPlan

        switches = frozenset(part.strip() for part in without.split(",") if part.strip())
        plan = RoomsPlan(rooms, seconds, switches, silent, parse_task(task), admits=not switches, kills=kills)
        report = rooms_bench.run(
            plan,
            model=model or "demo",
            draft_model=draft_model,
            corpus_path=corpus,
            json_path=json,
            plot=plot,
            find_most=find,
            on_progress=print_progress,
        )
        typer.echo(report.table())


@bench.command("viewers")
def bench_viewers(
    viewers: Annotated[int, typer.Option(min=1, max=1_000_000, help="Viewers of the one room.")] = 1_000,
    rate: Annotated[float, typer.Option(min=0.1, help="Events published a second; one in four is final.")] = 4.0,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long the room speaks.")] = 30.0,
    non_readers: Annotated[str, typer.Option(help="Share of viewers who never read, such as 5%.")] = "0%",
    churn: Annotated[float, typer.Option(min=0.0, help="Viewers a second who disconnect and return.")] = 0.0,
    idle: Annotated[bool, typer.Option("--idle", help="Publish nothing.")] = False,
    transport: Annotated[str, typer.Option(help="ws, or sse.")] = "ws",
    storm: Annotated[bool, typer.Option("--storm", help="All viewers disconnect halfway through, and return.")] = False,
    jitter: Annotated[float, typer.Option(min=0.0, help="Seconds over which a storm's viewers return.")] = 5.0,
    json: JsonFile = None,
) -> None:
    """Measure what a room's audience costs, and whether each viewer gets every final phrase once."""
    with exit_codes.guarded():
        from app.bench import viewers as viewers_bench

        plan = viewers_bench.ViewersPlan(
            viewers,
            seconds,
            rate_hz=0.0 if idle else rate,
            non_reader_share=viewers_bench.parse_share(non_readers),
            churn_hz=churn,
            storm_spread_s=jitter if storm else None,
            transport=viewers_bench.parse_transport(transport),
        )
        report = viewers_bench.run(plan, json_path=json, on_progress=print_progress)
        typer.echo(report.table())


@bench.command("recorded")
def bench_recorded(
    manifest: Annotated[Path, typer.Argument(help="JSON lines, as for bench stream.")],
    minutes: Annotated[float, typer.Option(min=0.1, help="Length to transcribe; clips are repeated.")] = 30.0,
    beam: Annotated[int, typer.Option(min=1, max=20, help="Beam size of both.")] = 5,
    model: Model = "demo",
    json: JsonFile = None,
) -> None:
    """Measure transcribe against faster-whisper's batched pipeline."""
    with exit_codes.guarded():
        from app.bench import recorded

        report = recorded.run(
            manifest,
            model=model or "demo",
            minutes=minutes,
            beam_size=beam,
            json_path=json,
            on_progress=print_progress,
        )
        typer.echo(report.table())


@bench.command("model")
def bench_model(
    like: Annotated[
        str,
        typer.Option(
            help="Shape: tiny, base, small, medium, large-v3 or turbo; opus-mt, m2m100-418m or madlad400-3b, which "
            "translate text; translation for all of these."
        ),
    ] = "turbo",
    batch: Annotated[str, typer.Option(help="Batch sizes, separated by commas.")] = "1,8,32,64",
    window: Annotated[
        str, typer.Option(help="Encoder lengths in frames of 20 ms, separated by commas.")
    ] = "512,768,1500",
    device: Device = None,
    compute_type: Annotated[str, typer.Option(help="CTranslate2's compute type.")] = "auto",
    everything: Annotated[
        bool, typer.Option("--all", help="Time suppression, timestamps, lanes and the memory pool too.")
    ] = False,
    json: JsonFile = None,
    plot: Annotated[Path | None, typer.Option(help="Draw costs and rooms into this PNG.")] = None,
) -> None:
    """Time a model with random weights, and estimate how many rooms this machine could serve with it."""
    with exit_codes.guarded():
        from app.bench import model

        plan = model.ModelPlan(
            like,
            parse_numbers(batch, "--batch"),
            parse_numbers(window, "--window"),
            device or "auto",
            compute_type,
            everything,
        )
        report = model.run(plan, json_path=json, plot=plot, on_progress=print_progress)
        typer.echo(report.table())
