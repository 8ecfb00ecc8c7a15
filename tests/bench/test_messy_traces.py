"""Today's policy on traces of messy speech: what readers saw is what was said, once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench import replay, trace_reader
from tests.support import messy_speech
from tests.support.trace_mutations import mutate

FOLDER = Path(messy_speech.FOLDER)

LONG = frozenset({"doubt", "jitter", "monologue", "monologue-de"})
"""Cases of a minute: too long to be mutated often."""

NAMES = sorted(case.name for case in messy_speech.CASES)


@pytest.mark.parametrize("name", NAMES)
def test_messy_speech_is_written_once(name: str) -> None:
    """At most one word in a hundred is lost, and none is doubled, invented or taken back."""
    [clip] = replay.run(FOLDER / f"{name}.jsonl").clips
    texts = [phrase.text for phrase in clip.phrases]
    assert clip.words_lost <= 0.01 * clip.n_words, texts
    assert (clip.words_doubled, clip.words_invented, clip.vanished_words) == (0, 0, 0), texts


@settings(max_examples=60, derandomize=True, deadline=None)
@given(name=st.sampled_from([name for name in NAMES if name not in LONG]), seed=st.integers(0, 2**32))
def test_another_run_of_the_model_takes_nothing_back(name: str, seed: int) -> None:
    """Missing decodes, other times, spellings, ends, doubts and moments: solid words stay, and none is doubled."""
    [clip] = trace_reader.read(FOLDER / f"{name}.jsonl")
    replayed = replay.replay_clip(mutate(clip, seed))
    texts = [phrase.text for phrase in replayed.phrases]
    assert (replayed.final_revisions, replayed.words_doubled) == (0, 0), texts


@pytest.mark.parametrize("name", ["doubt", "doubt-en"])
def test_doubt_does_not_stop_commits(name: str) -> None:
    """With a mean log-probability of -0.75 throughout, half of the words are solid 2.5 s after they were said."""
    [clip] = replay.run(FOLDER / f"{name}.jsonl").clips
    lags = clip.as_json()["commit_lag_s"]
    assert isinstance(lags, dict)
    assert lags["p50"] <= 2.5
    assert lags["p95"] <= 5.0


def test_a_misheard_first_word_is_not_committed() -> None:
    """A phrase does not begin with a word of which the model is unsure and that it replaces."""
    [clip] = replay.run(FOLDER / "first-word.jsonl").clips
    assert clip.word_errors.n_errors == 0, [phrase.text for phrase in clip.phrases]


def test_one_breath_is_one_sentence() -> None:
    """Ordinals, titles and abbreviations end no phrase."""
    [clip] = replay.run(FOLDER / "ordinals.jsonl").clips
    assert [phrase.text for phrase in clip.phrases] == [
        "Am 3. Oktober kommt Herr Dr. Müller nach Berlin und am 4. November fährt er nach Bonn.",
        "Im 19. Jahrhundert war das die 2. Stadt im Land.",
    ]


def test_the_traces_are_those_of_the_cases() -> None:
    """There is one file for each case, and the cases that need it speak for a minute without a pause."""
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == {case.name for case in messy_speech.CASES}
    for name in ("monologue", "monologue-de"):
        [clip] = trace_reader.read(FOLDER / f"{name}.jsonl")
        [(start_s, end_s)] = clip.speech
        assert end_s - start_s >= 60
