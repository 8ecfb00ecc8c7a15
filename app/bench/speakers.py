"""Runs `surtitle bench speakers`: several people in one microphone, through the live path on a simulated clock.

What is scored is what readers see: the time from the first to the last word of each final phrase belongs to the speaker
whose name stands before it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import threadpoolctl

from app import config
from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.speaker_model import SpeakerModel
from app.audio.speech_stream import SpeechChunk
from app.audio.voice_windows import VoiceWindows
from app.bench import manifest, stream_play
from app.bench.diarization import SpeakerSpan, score_turns
from app.bench.report_files import ReportFiles
from app.bench.speakers_report import ScoredTalk, SpeakersReport
from app.captions.clustered_turns import ClusteredTurns
from app.captions.event import ORIGINAL, Event
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.speaker_clusters import ClusterLimits, SpeakerClusters
from app.captions.timing import TickTiming
from app.decode import demo_files, models, speaker_models
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.errors import SettingsError
from app.media import media_source
from app.service.engines import choose_model

PAUSE_S = 0.6
"""Silence between the turns of people of the demo meeting, where somebody between them is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """One recording of several people."""

    name: str
    samples: Samples
    turns: tuple[SpeakerSpan, ...]
    languages: tuple[str, ...] = ()

    @property
    def n_people(self) -> int:
        """How many people speak."""
        return len({turn.speaker for turn in self.turns})


class VoicedSession:
    """A session whose voices are analysed before its captions are written, as a `StreamSession`."""

    def __init__(self, model: SpeakerModel, limits: ClusterLimits, languages: tuple[str, ...]) -> None:
        """Start with nobody."""
        self.clusters = SpeakerClusters(limits)
        self._model = model
        self._windows = VoiceWindows()
        self._turns = ClusteredTurns(self.clusters)
        language = languages[0] if len(languages) == 1 else None
        settings = SessionSettings(language=language, languages=languages)
        self._session = Session(room="bench", source="talk", number=1, settings=settings, turns=self._turns)
        self._session.set_tick_timing(TickTiming(phase_s=0.0))

    def feed(self, speech: SpeechChunk) -> list[Event]:
        """Take in sound, and return the events that follow."""
        for window in self._windows.feed(speech):
            embedding = self._model.embed(window.samples)
            if embedding is not None:
                self._turns.add(window.start_s, window.end_s, window.utterance, embedding)
        return self._session.feed(speech)

    def request(self) -> DecodeRequest | None:
        """Return the decode that is due now."""
        return self._session.request()

    def on_result(self, decoded: DecodeResult) -> list[Event]:
        """Take in the result of the request in flight."""
        return self._session.on_result(decoded)

    def end(self) -> list[Event]:
        """End the session."""
        return self._session.end()


def play_talk(talk: Talk, whisper: Whisper, model: SpeakerModel, limits: ClusterLimits | None = None) -> ScoredTalk:
    """Play one recording and score the names in its captions; decodes take no time on the clock.

    Raises:
        DecodeError: The model of words failed.
        ModelError: The speaker model failed.
    """
    session = VoicedSession(model, limits or ClusterLimits(model.similarity), talk.languages)
    played = stream_play.simulate(talk.samples, session, whisper, lambda: 0.0)
    finals = [shown.event for shown in played.history if shown.event.state == "final"]
    phrases = [event for event in finals if event.track == ORIGINAL and event.text]
    found = [SpeakerSpan(event.speaker, event.start_s, event.end_s) for event in phrases if event.speaker]
    return ScoredTalk(
        name=talk.name,
        n_people=talk.n_people,
        n_found=len(session.clusters.people),
        n_phrases=len(phrases),
        n_unnamed=sum(event.speaker is None for event in phrases),
        errors={collar_s: score_turns(talk.turns, found, collar_s) for collar_s in SpeakersReport.COLLARS_S},
    )


def read_talks(path: Path) -> Iterator[Talk]:
    """Yield the recordings of a manifest whose lines have `speakers`; each is read when it is its turn.

    Raises:
        SettingsError: The manifest or a recording cannot be read, or a line does not say who speaks.
    """
    lines = manifest.read(path)
    for line in lines:
        if not line.speakers:
            raise SettingsError(
                f"The clip {line.audio.name} does not say who speaks. Add speakers to its line: a list of objects with "
                "speaker, start_s and end_s."
            )
    for line in lines:
        languages = (line.language,) if line.language else ()
        yield Talk(line.audio.name, media_source.load(line.audio), line.speakers, languages)


def cut_demo_talks() -> Iterator[Talk]:
    """Yield the demo meeting with every two, every three and all four of its people."""
    samples = media_source.load(demo_files.MEETING)
    lines = json.loads(demo_files.MEETING_SCRIPT.read_text(encoding="utf-8"))["lines"]
    everybody = list(dict.fromkeys(line["speaker"] for line in lines))
    for n_people in range(2, len(everybody) + 1):
        for people in combinations(everybody, n_people):
            pieces: list[Samples] = []
            turns: list[SpeakerSpan] = []
            at_s = 0.0
            for line in (line for line in lines if line["speaker"] in people):
                piece = samples[round(line["start_s"] * SAMPLE_RATE) : round(line["end_s"] * SAMPLE_RATE)]
                pieces += [np.zeros(round(PAUSE_S * SAMPLE_RATE), np.float32), piece]
                at_s += PAUSE_S
                turns.append(SpeakerSpan(line["speaker"], at_s, at_s + len(piece) / SAMPLE_RATE))
                at_s += len(piece) / SAMPLE_RATE
            yield Talk(", ".join(people), np.concatenate(pieces), tuple(turns), ("de", "en"))


def run(
    path: Path | None,
    *,
    model: str = "demo",
    speaker_model: str = "demo",
    similarity: float | None = None,
    json_path: Path | None = None,
    on_talk: Callable[[ScoredTalk], object] | None = None,
) -> SpeakersReport:
    """Play the recordings of a manifest, or the demo meeting without one, write the report, and return it.

    Raises:
        SettingsError: The manifest, a model or the path to write to is invalid.
        DecodeError: The model of words failed.
    """
    files = ReportFiles("speakers", json_path)
    settings = config.read()
    talks: Iterator[Talk] | Sequence[Talk] = read_talks(path) if path is not None else cut_demo_talks()
    threadpoolctl.threadpool_limits(1, "blas")  # as in the worker
    voices = SpeakerModel(speaker_models.find_speaker_model(speaker_model, settings.model_cache))
    whisper = models.load(choose_model(settings, model, "transcribe"))
    limits = ClusterLimits(similarity or settings.speaker_similarity or voices.similarity, settings.speakers_max)
    scored: list[ScoredTalk] = []
    for talk in talks:
        scored.append(play_talk(talk, whisper, voices, limits))
        if on_talk is not None:
            on_talk(scored[-1])
    report = SpeakersReport(speaker_model, limits.similarity, tuple(scored))
    files.write(report.as_json())
    return report
