"""Speech without pauses for the benches."""

from pathlib import Path

import pytest

from app.bench import corpus
from app.bench.corpus import shorten_pauses
from app.errors import SettingsError


def test_pauses_are_shortened_and_words_move_with_them() -> None:
    """The demo speech has no pause that ends an utterance, and its words are still in order."""
    for speech in corpus.read(None):
        again = shorten_pauses(speech)
        assert again.duration_s > 0.98 * speech.duration_s
        ends = [word.end_s for word in speech.words]
        assert ends == sorted(ends)
        assert ends[-1] <= speech.duration_s + 0.1


@pytest.mark.parametrize("by", [0.0, 0.3, 0.9])
def test_rotated_speech_has_all_its_words(by: float) -> None:
    """Rotated and repeated speech keeps words and sound together."""
    speech = corpus.read(None)[0]
    rotated = speech.rotated(by)
    assert sorted(word.text for word in rotated.words) == sorted(word.text for word in speech.words)
    assert all(0 <= word.start_s <= word.end_s <= rotated.duration_s + 0.1 for word in rotated.words)
    longer = rotated.repeated(2.5 * speech.duration_s)
    assert longer.duration_s == pytest.approx(2.5 * speech.duration_s, abs=0.01)
    assert len(longer.words) > 2 * len(speech.words)


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    """A folder without recordings is a sentence."""
    with pytest.raises(SettingsError, match="Expected recordings in"):
        corpus.read(tmp_path)
