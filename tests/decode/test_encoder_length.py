"""Encoder lengths."""

import pytest

from app.decode.encoder_length import ENCODER_LENGTHS, encoder_length


@pytest.mark.parametrize(
    ("seconds", "frames"), [(0.5, 512), (8.9, 512), (9.0, 768), (14.0, 768), (14.2, 1500), (30.0, 1500)]
)
def test_a_window_takes_the_shortest_length_for_its_sound_and_tail(seconds: float, frames: int) -> None:
    """The length covers the sound and 1.28 s after it; a full window takes the longest."""
    assert encoder_length(seconds) == frames
    assert encoder_length(seconds, full_window=True) == 1500


def test_no_length_is_a_number_of_mel_bands() -> None:
    """CTranslate2 would take such an encoder output for features."""
    assert not {80, 80 // 2, 128, 128 // 2} & set(ENCODER_LENGTHS)
