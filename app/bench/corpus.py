"""Speech without pauses, for benches in which every room speaks all the time."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.silero import STEP, STEP_S
from app.audio.speech_stream import SpeechStream
from app.audio.speech_timeline import SpeechTimeline
from app.bench import manifest
from app.bench.json_lines import TimedWord
from app.decode import demo_files
from app.errors import SettingsError
from app.media import media_source

PAUSE_MAX_S = 0.4
"""Silences are shortened to this: too short to end an utterance, long enough to separate sentences."""

MARGIN_S = 0.15
"""Sound kept on both sides of a line of the demo meeting."""

SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".mp4", ".mkv", ".webm"})
"""Suffixes of the files in a folder that count as recordings."""


@dataclass(frozen=True, slots=True)
class ContinuousSpeech:
    """One recording."""

    samples: Samples
    """Mono at SAMPLE_RATE."""
    languages: tuple[str, ...]
    """Spoken languages; empty if unknown."""
    words: tuple[TimedWord, ...] = ()
    """What is said and when; empty if unknown."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE

    def rotated(self, by: float) -> "ContinuousSpeech":
        """Return the same speech started at the sentence after a share `by` of its words, 0 <= by < 1."""
        if not self.words:
            at = round(by * len(self.samples))
            return ContinuousSpeech(np.roll(self.samples, -at), self.languages)
        starts = [i for i, word in enumerate(self.words[:-1], start=1) if word.text.endswith((".", "?", "!"))]
        n_before = next((i for i in starts if i > by * len(self.words)), 0) if by else 0
        if not n_before:
            return self
        at_s = (self.words[n_before - 1].end_s + self.words[n_before].start_s) / 2
        at = round(at_s * SAMPLE_RATE)
        moved = [word.shifted(-at_s) for word in self.words[n_before:]]
        moved += [word.shifted(self.duration_s - at_s) for word in self.words[:n_before]]
        return ContinuousSpeech(np.roll(self.samples, -at), self.languages, tuple(moved))

    def repeated(self, duration_s: float) -> "ContinuousSpeech":
        """Return `duration_s` seconds of it, repeated from its start; words that do not fit are left out."""
        n_times = int(np.ceil(duration_s / self.duration_s))
        samples = np.tile(self.samples, n_times)[: round(duration_s * SAMPLE_RATE)]
        words = [word.shifted(i * self.duration_s) for i in range(n_times) for word in self.words]
        return ContinuousSpeech(samples, self.languages, tuple(word for word in words if word.end_s <= duration_s))


def read(path: Path | None) -> list[ContinuousSpeech]:
    """Read a manifest, a folder of recordings, or the demo speech; pauses are shortened.

    Raises:
        SettingsError: There is no recording that can be played.
    """
    if path is None:
        return [shorten_pauses(speech) for speech in _read_meeting()]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
        if not files:
            raise SettingsError(f"Expected recordings in {path}, but found none. Give a folder that has some.")
        return [shorten_pauses(ContinuousSpeech(media_source.load(file), ())) for file in files]
    lines = manifest.read(path)
    return [
        shorten_pauses(
            ContinuousSpeech(media_source.load(line.audio), (line.language,) if line.language else (), line.words)
        )
        for line in lines
        if line.task == "transcribe"
    ]


def _read_meeting() -> list[ContinuousSpeech]:
    """Return the demo meeting's lines, one recording for each language, because a room has one language."""
    script = json.loads(demo_files.MEETING_SCRIPT.read_text(encoding="utf-8"))["lines"]
    samples = media_source.load(demo_files.MEETING)
    speeches = []
    for language in sorted({line["language"] for line in script}):
        parts: list[Samples] = []
        words: list[TimedWord] = []
        at_s = 0.0
        for line in script:
            if line["language"] == language:
                first_s, last_s = line["start_s"] - MARGIN_S, line["end_s"] + MARGIN_S
                parts.append(samples[round(first_s * SAMPLE_RATE) : round(last_s * SAMPLE_RATE)])
                spoken = [TimedWord(word["text"], word["start_s"], word["end_s"]) for word in line["words"]]
                words += [word.shifted(at_s - first_s) for word in spoken]
                at_s += len(parts[-1]) / SAMPLE_RATE
        speeches.append(ContinuousSpeech(np.concatenate(parts), (language,), tuple(words)))
    return speeches


def shorten_pauses(speech: ContinuousSpeech) -> ContinuousSpeech:
    """Return the speech with every pause shortened to PAUSE_MAX_S, and its words at their new times."""
    found = SpeechTimeline()
    found.add(SpeechStream().feed(Chunk(speech.samples, 0.0)))
    n_steps = len(speech.samples) // STEP
    kept = np.ones(n_steps, bool)
    n_silent = 0
    for i in range(n_steps):
        n_silent = 0 if found.voiced_s(i * STEP_S, (i + 1) * STEP_S) > 0 else n_silent + 1
        kept[i] = n_silent * STEP_S <= PAUSE_MAX_S
    samples = speech.samples[: n_steps * STEP].reshape(n_steps, STEP)[kept].reshape(-1)
    new_s = np.concatenate([[0.0], np.cumsum(kept) * STEP_S])

    def map_time(at_s: float) -> float:
        return float(new_s[min(n_steps, max(0, round(at_s / STEP_S)))])

    words = tuple(TimedWord(word.text, map_time(word.start_s), map_time(word.end_s)) for word in speech.words)
    return ContinuousSpeech(samples, speech.languages, words)
