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


def test_the_models_own_list_is_suppressed() -> None:
    """A token that the model's configuration forbids is not written."""
    clip = self_test.read_clip()
    whisper = models.load(models.choose("demo", "translate"))
    first = clip.text.split()[0]
    whisper.suppress_ids = whisper.faster_whisper.hf_tokenizer.encode(" " + first, add_special_tokens=False).ids[:1]
    words = decode_offline(whisper, clip.samples, language="en", task="transcribe")
    assert words
    assert words[0].text != first
