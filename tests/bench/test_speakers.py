"""The demo's speaker model on the demo's held-out voices.

What this proves: windows, filterbank, model, clusters and turns together tell synthetic people apart whom the model was
not trained with. It says nothing about real voices, which the demo model does not know.
"""

from itertools import islice
from pathlib import Path

import pytest

from app.audio.chunk import SAMPLE_RATE
from app.audio.speaker_model import SpeakerModel
from app.audio.speech_stream import SpeechStream
from app.audio.voice_windows import VoiceWindows
from app.bench.diarization import SpeakerSpan, score_turns
from app.bench.paced_source import split_chunks
from app.bench.speakers import Talk, cut_demo_talks, read_talks
from app.captions.clustered_turns import ClusteredTurns
from app.captions.speaker_clusters import ClusterLimits, SpeakerClusters
from app.decode import demo_files
from app.errors import SettingsError
from tests.support.sound_files import write_sound

PIECE_S = 0.25
BAR = 0.15


def _error_rate(talk: Talk, model: SpeakerModel, seconds: float) -> tuple[float, int]:
    """Return the share of the speech with a wrong or no name, and how many people were found."""
    clusters = SpeakerClusters(ClusterLimits(model.similarity))
    turns, windows, stream = ClusteredTurns(clusters), VoiceWindows(), SpeechStream()
    found: list[SpeakerSpan] = []
    truth = [turn for turn in talk.turns if turn.end_s < seconds - 1]
    waiting = list(truth)
    for chunk in split_chunks(talk.samples[: round(seconds * SAMPLE_RATE)], 0.04):
        for window in windows.feed(stream.feed(chunk)):
            embedding = model.embed(window.samples)
            if embedding is not None:
                turns.add(window.start_s, window.end_s, window.utterance, embedding)
        while waiting and waiting[0].end_s + 0.5 < chunk.end_s:
            spoken = waiting.pop(0)
            n_pieces = round((spoken.end_s - spoken.start_s) / PIECE_S)
            for number in range(n_pieces):
                edges = [spoken.start_s + i * (spoken.end_s - spoken.start_s) / n_pieces for i in (number, number + 1)]
                label = turns.label(edges[0], edges[1])
                found += [SpeakerSpan(label, edges[0], edges[1])] if label else []
    return score_turns(truth, found).rate, len(clusters.people)


def test_held_out_voices_are_told_apart() -> None:
    """Half a minute of two and of four people of the demo meeting is labelled right."""
    model = SpeakerModel(demo_files.SPEAKER_MODEL)
    talks = list(cut_demo_talks())
    for talk in (talks[0], talks[-1]):
        rate, n_found = _error_rate(talk, model, 34.0)
        assert rate <= BAR
        assert n_found == talk.n_people


def test_the_demo_has_every_group_of_people() -> None:
    """Six pairs, four groups of three, and all four; turns lie within the sound."""
    talks = list(cut_demo_talks())
    assert [talk.n_people for talk in talks] == [2] * 6 + [3] * 4 + [4]
    for talk in talks:
        assert max(turn.end_s for turn in talk.turns) <= len(talk.samples) / SAMPLE_RATE + 0.01


def test_a_manifest_must_say_who_speaks(tmp_path: Path) -> None:
    """A line without speakers is refused before anything is played."""
    write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=1.0)
    manifest = tmp_path / "clips.jsonl"
    manifest.write_text('{"audio": "a.wav", "reference": "x"}\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"a\.wav does not say who speaks"):
        list(islice(read_talks(manifest), 1))
    spoken = '[{"speaker": "Ada", "start_s": 0.1, "end_s": 0.9}]'
    manifest.write_text(f'{{"audio": "a.wav", "reference": "x", "speakers": {spoken}}}\n', encoding="utf-8")
    [talk] = read_talks(manifest)
    assert talk.turns == (SpeakerSpan("Ada", 0.1, 0.9),)
