"""JSON and CSV contain exactly what was said."""

import csv
import json
from dataclasses import asdict, replace
from io import StringIO

import pytest
from hypothesis import given

from app.captions.event import Event
from app.outputs import table
from app.outputs.subtitles import write
from app.outputs.table import TableRow
from tests.support.odd_phrases import CASES, PHRASES, kept_phrases, through_disk
from tests.support.subtitle_readers import read_csv, read_json


def expected_rows(phrases: list[Event]) -> list[TableRow]:
    """Return the rows of these phrases."""
    return [
        TableRow(event.start_s, event.end_s, event.language, event.speaker, event.committed, event.doubtful)
        for event in kept_phrases(phrases)
    ]


@CASES
@given(PHRASES)
def test_json_is_read_back(phrases: list[Event]) -> None:
    """JSON contains every phrase exactly."""
    text = through_disk(write("json", phrases))
    assert read_json(text) == expected_rows(phrases)
    assert json.loads(text) == [{**asdict(row), "doubtful": list(row.doubtful)} for row in expected_rows(phrases)]


@CASES
@given(PHRASES)
def test_csv_is_read_back(phrases: list[Event]) -> None:
    """CSV contains every phrase exactly, and no cell begins as a formula does."""
    text = through_disk(write("csv", phrases))
    assert read_csv(text) == [replace(row, doubtful=()) for row in expected_rows(phrases)]
    for row in csv.DictReader(StringIO(text, newline="")):
        assert not any(
            cell.strip().startswith(tuple("=+-@＝＋－＠")) or cell.startswith(("\t", "\r")) for cell in row.values()
        )


@pytest.mark.parametrize(
    "text", ["'Tis", "=1", "'=1", "''=1", " =1", "\t1", "＝1", "\u200b@x", "- yes", "'", "", "a=1"]
)
def test_formulas_are_quoted(text: str) -> None:
    """A formula gets a quote in front; a quote that was said stays, alone or before a formula."""
    written = table.write_csv([TableRow(0.0, 1.0, "en", None, text)])
    assert read_csv(written) == [TableRow(0.0, 1.0, "en", None, text)]
    [_, [*_, cell]] = csv.reader(StringIO(written, newline=""))
    assert cell == (text if text in ("'Tis", "'", "", "a=1") else f"'{text}")
