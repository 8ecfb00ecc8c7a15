"""Tests for app.cli.text_table."""

from app.cli.text_table import format_table

TITLES = ("id", "role", "last used", "connected", "ends")
ROWS = [("0f3a9c52d1e4", "viewer", "never", "2", "2026-03-01 09:30"), ("77aa", "source", "now", "0", "")]


def test_columns_are_aligned_where_they_fit() -> None:
    """In a wide terminal, and in a pipe, a row is one line, aligned with its title."""
    lines = format_table(TITLES, ROWS, None)
    assert lines == format_table(TITLES, ROWS, 60)
    assert lines[:2] == [
        "id            role    last used  connected  ends",
        "0f3a9c52d1e4  viewer  never      2          2026-03-01 09:30",
    ]
    assert lines[2].startswith("77aa          source  now")


def test_a_narrow_terminal_gets_two_lines_for_a_row() -> None:
    """Columns that do not fit follow below with their titles; nothing is cut, and what is empty is left out."""
    assert format_table(TITLES, ROWS, 40) == [
        "id            role    last used",
        "0f3a9c52d1e4  viewer  never",
        "    connected 2, ends 2026-03-01 09:30",
        "77aa          source  now",
        "    connected 0",
    ]


def test_wide_letters_count_twice() -> None:
    """Columns stay aligned beside letters that take two columns of a terminal."""
    assert format_table(("", ""), [("会议", "x"), ("hall", "y")], None) == ["会议  x", "hall  y"]
