"""Recorded files become subtitle files, completely or not at all."""

import asyncio
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.bench import score
from app.captions.recorded import TranscribeOptions
from app.decode import demo_files, models
from app.decode.capabilities import Capabilities
from app.decode.hypothesis import DecodeResult
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeRequest
from app.errors import DecodeError, SettingsError
from app.media import media_source
from app.service import recordings
from app.service.recordings import FileProgress


def surtitle(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "app", "transcribe", *map(str, arguments), "--model", "demo"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


def test_a_meeting_becomes_all_formats(tmp_path: Path) -> None:
    """The real model writes what the script says, in every format; a second call does nothing."""
    shutil.copy(demo_files.MEETING, tmp_path / "talk.flac")
    done = surtitle("talk.flac", "--language", "de,en", "--format", "srt,vtt,txt,json,csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "talk.flac: talk.srt, talk.vtt, talk.txt, talk.json, talk.csv" in done.stdout
    script = json.loads(demo_files.MEETING_SCRIPT.read_text())["lines"]
    reference = " ".join(line["text"] for line in script)
    rate = score.count_word_errors(reference, (tmp_path / "talk.txt").read_text()).rate
    assert rate is not None
    assert rate < 0.15
    phrases = json.loads((tmp_path / "talk.json").read_text())
    assert {phrase["language"] for phrase in phrases} == {"de", "en"}
    assert all(
        0 <= phrase["start_s"] <= phrase["end_s"] <= media_source.length_s(demo_files.MEETING) for phrase in phrases
    )
    with (tmp_path / "talk.csv").open(newline="", encoding="utf-8") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [phrase["text"] for phrase in phrases]
    assert (tmp_path / "talk.srt").read_text().startswith("1\n00:00:0")
    assert (tmp_path / "talk.vtt").read_text().startswith("WEBVTT")
    again = surtitle("talk.flac", "--language", "de,en", cwd=tmp_path)
    assert "has subtitles already" in again.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "talk.csv", "talk.flac", "talk.json", "talk.srt", "talk.txt", "talk.vtt"
    ]  # fmt: skip


def test_a_killed_run_leaves_complete_files(tmp_path: Path) -> None:
    """After a kill every subtitle file is complete, and the next call writes the missing ones."""
    names = [f"part{i}" for i in range(6)]
    for name in names:
        shutil.copy(demo_files.MEETING, tmp_path / f"{name}.flac")
    whole = surtitle("part0.flac", "--language", "de,en", "--out", ".", cwd=tmp_path)
    assert whole.returncode == 0
    wanted = (tmp_path / "part0.srt").read_text()
    command = [sys.executable, "-m", "app", "transcribe", *(f"{name}.flac" for name in names), "--language", "de,en"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [*command, "--model", "demo"], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL
    ) as run:
        deadline_s = time.monotonic() + 60
        while not (tmp_path / "part2.srt").exists() and time.monotonic() < deadline_s:
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    there = {path.stem: path.read_text() for path in tmp_path.glob("part*.srt")}
    assert 3 <= len(there) < 6
    assert set(there.values()) == {wanted}
    rest = surtitle(*(f"{name}.flac" for name in names), "--language", "de,en", cwd=tmp_path)
    assert rest.returncode == 0
    assert {name for name in names if f"{name}.flac has subtitles already" in rest.stdout} == set(there)
    assert {(tmp_path / f"{name}.srt").read_text() for name in names} == {wanted}


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    """Each file that cannot be read gets a message and the exit code is 1; the good one is done."""
    shutil.copy(demo_files.MEETING, tmp_path / "good.flac")
    (tmp_path / "bad.flac").write_text("no sound")
    done = surtitle("bad.flac", "missing.wav", "good.flac", "--language", "de,en", "--format", "txt", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.flac breaks off after 0.0 s: the file is incomplete or damaged" in done.stderr
    assert "There is no file missing.wav." in done.stderr
    assert (tmp_path / "good.txt").stat().st_size > 100
    assert not (tmp_path / "bad.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("talk.flac", "--format", "doc"), "Expected srt, vtt, txt, json or csv for --format, but got"),
        (("talk.flac", "--task", "sing"), "Expected transcribe or translate for --task, but got"),
        (("talk.flac", "--out", "nowhere"), "Expected a folder for the subtitles, but nowhere is not a folder"),
        (("a/talk.flac", "b/talk.flac", "--out", "."), "would be written to talk.srt. Rename one"),
        (("talk.txt", "--format", "txt"), "would overwrite the input file"),
    ],
)
def test_bad_input_gets_a_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    """Invalid options are refused before anything is decoded."""
    done = surtitle(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr.replace("\n", " ")


def test_a_translation_has_its_own_name(tmp_path: Path) -> None:
    """A translation is not written over the transcription of the same file."""
    [job] = recordings.plan_jobs([Path("talk.mp4")], ["srt", "vtt"], tmp_path, "translate")
    assert [target.name for target in job.targets.values()] == ["talk.en.srt", "talk.en.vtt"]


def test_a_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file cannot be written the old one stays, and no partial one is left next to it."""
    [job] = recordings.plan_jobs([tmp_path / "talk.wav"], ["txt"], None, "transcribe")
    job.targets["txt"].write_text("before")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"cannot be written to .*talk.txt: No space left"):
        recordings.write_files(job, [])
    assert [path.name for path in tmp_path.iterdir()] == ["talk.txt"]
    assert job.targets["txt"].read_text() == "before"


class Failing:
    """An engine whose model fails."""

    capabilities = Capabilities()
    profile = DeviceProfile()

    def __init__(self, *_: object) -> None:
        pass

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Failing"]:
        """Run while the block lasts."""
        yield self

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Fail."""
        raise DecodeError("A batch of 4 windows failed in the model.")


async def test_every_failure_names_its_file_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that fails, or a target that cannot be written, fails that file only."""
    spoken, silent = tmp_path / "spoken.flac", tmp_path / "silent.wav"
    shutil.copy(demo_files.CLIP, spoken)
    with wave.open(str(silent), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(16_000)
        recording.writeframes(bytes(32_000))
    last = tmp_path / "last.wav"
    shutil.copy(silent, last)
    (tmp_path / "silent.txt").mkdir()
    monkeypatch.setattr(recordings, "Engine", Failing)
    jobs = recordings.plan_jobs([spoken, silent, last], ["txt"], None, "transcribe")
    choice = models.choose("demo", "transcribe", threads=1)
    options = TranscribeOptions(language="en")
    messages: list[str] = []
    progress: list[FileProgress] = []
    failures = await recordings.run_jobs(
        jobs, choice, options, again=True, on_message=messages.append, on_progress=progress.append
    )
    assert failures[0] == f"{spoken} could not be done. A batch of 4 windows failed in the model."
    assert failures[1].startswith(f"The subtitles cannot be written to {tmp_path / 'silent.txt'}: ")
    assert len(failures) == 2
    assert (tmp_path / "last.txt").read_text() == ""
    assert messages[-1] == "last.wav: last.txt"
    assert progress[-1] == FileProgress(last, 0.0, 1.0)


def test_existing_files_stay(tmp_path: Path) -> None:
    """A further format is written; the existing file is kept, because it may have been corrected by hand."""
    (tmp_path / "talk.srt").write_text("corrected")
    [job] = recordings.plan_jobs([tmp_path / "talk.wav"], ["srt", "vtt"], None, "transcribe")
    recordings.write_files(job.without_existing(), [])
    assert (tmp_path / "talk.srt").read_text() == "corrected"
    assert (tmp_path / "talk.vtt").read_text() == "WEBVTT\n\n"
    assert job.without_existing().targets == {}


async def test_cancelling_ends_it(tmp_path: Path) -> None:
    """Ctrl-C leaves no partial file."""
    shutil.copy(demo_files.MEETING, tmp_path / "talk.flac")
    jobs = recordings.plan_jobs([tmp_path / "talk.flac"], ["srt"], None, "transcribe")
    options = TranscribeOptions(language="de")
    choice = models.choose("demo", "transcribe")
    run = asyncio.create_task(recordings.run_jobs(jobs, choice, options, again=False, on_message=lambda text: None))
    await asyncio.sleep(0.5)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert [path.name for path in tmp_path.iterdir()] == ["talk.flac"]  # noqa: ASYNC240


@pytest.mark.parametrize(
    ("options", "at_most_s"),
    [
        (TranscribeOptions(), 28.0),
        (TranscribeOptions(language="de"), 28.0),
        (TranscribeOptions(languages=("de", "kn")), 10.0),
        (TranscribeOptions(language="my"), 5.0),
        (TranscribeOptions("translate", language="my"), 28.0),
    ],
)
def test_segments_are_as_short_as_a_script_needs(options: TranscribeOptions, at_most_s: float) -> None:
    """A script of many tokens gets short windows, because the end of a longer one could not be written."""
    limit_s = recordings.segment_limit_s(28.0, options)
    assert at_most_s - 1 <= limit_s <= at_most_s
