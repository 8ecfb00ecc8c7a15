"""What was said while screens were hidden is recognized."""

from app.outputs.hidden_speech import HEARD_LATE_S, HiddenSpeech


def test_speech_is_hidden_until_the_decoder_has_caught_up() -> None:
    """Everything counts as hidden while screens are, and for as long after as its first event may be late."""
    speech = HiddenSpeech()
    assert not speech.includes(0.0)
    speech.hide()
    assert speech.is_hidden
    assert speech.includes(1e9)
    speech.show(10.0, behind_s=3.0)
    assert not speech.is_hidden
    assert speech.includes(12.9 + HEARD_LATE_S)
    assert not speech.includes(13.0 + HEARD_LATE_S)
