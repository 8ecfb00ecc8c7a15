"""A plain text contains what was said."""

from hypothesis import given

from app.captions.event import Event
from app.outputs.cues import tidy
from app.outputs.subtitles import write
from tests.support.odd_phrases import CASES, PHRASES, kept_phrases, named_texts, through_disk
from tests.support.subtitle_readers import read_txt


@CASES
@given(PHRASES)
def test_phrases_are_read_back(phrases: list[Event]) -> None:
    """Every phrase is read back as a tidy line."""
    texts = [tidy(text) for text in named_texts(kept_phrases(phrases))]
    assert read_txt(through_disk(write("txt", phrases))) == texts
