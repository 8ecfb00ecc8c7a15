"""The offline reference."""

from app.bench.offline import decode_offline
from app.decode import models, self_test


def test_the_clip_is_transcribed_with_times() -> None:
    """faster-whisper's own pipeline reads the same model and gives timed words."""
    clip = self_test.read_clip()
    whisper = models.load(models.choose("demo", "translate"))
    words = decode_offline(whisper, clip.samples, language="en", task="transcribe", with_words=True)
    assert " ".join(word.text for word in words) == clip.text
    assert words[0].end_s > 0
