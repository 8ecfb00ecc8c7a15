"""Invented texts are dropped and real ones kept, as tables."""

import pytest

from tests.support.invented_texts import MUST_DROP, MUST_DROP_TAIL, MUST_KEEP, WrittenText


@pytest.mark.parametrize("written", MUST_DROP, ids=lambda written: written.text)
def test_invented_text_is_dropped(written: WrittenText) -> None:
    """Nothing of an invented text stays, however sure the model is."""
    verdict = written.judge()
    assert (verdict.words, verdict.fault is not None) == ((), True)


@pytest.mark.parametrize("written", MUST_DROP_TAIL, ids=lambda written: written.text)
def test_an_invented_end_is_dropped(written: WrittenText) -> None:
    """The real text before an invented end stays and is believed."""
    assert (written.shown(), written.judge().fault) == (written.kept, None)


@pytest.mark.parametrize("written", MUST_KEEP, ids=lambda written: written.text)
def test_real_text_is_kept(written: WrittenText) -> None:
    """What people say stays and is believed, even when it speaks of subtitles or thanks."""
    assert (written.shown(), written.judge().fault) == (written.kept, None)


def test_the_tables_are_large_enough() -> None:
    """Each table has at least 60 texts, in at least 8 languages."""
    for table in (MUST_DROP, MUST_KEEP):
        assert len(table) >= 60
        assert len({written.language for written in table}) >= 8
