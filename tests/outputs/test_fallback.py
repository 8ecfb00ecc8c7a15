"""Phrases of a translated track that are in the original language."""

import pytest

from app.outputs.fallback import is_fallback, mark_fallback, with_originals
from tests.support.store_run import event


@pytest.mark.parametrize(
    ("track", "language", "text"),
    [("fr", "de", "[de] one"), ("fr", "fr", "one"), ("original", "de", "one"), ("en", "en", "one")],
)
def test_only_a_text_in_another_language_than_its_track_is_marked(track: str, language: str, text: str) -> None:
    """Speech in the language of the track is no fallback."""
    said = event("one", track=track, language=language)
    assert mark_fallback(said).committed == text
    assert is_fallback(said) is (text != "one")


def test_each_phrase_is_on_the_track_once() -> None:
    """A translation stands for its original, and the original where there is none."""
    said = [event("one"), event("two"), event("deux", phrase="two", track="fr", language="fr"), event("x", track="pt")]
    assert [(one.track, one.committed) for one in with_originals(said, "fr")] == [("fr", "one"), ("fr", "deux")]
