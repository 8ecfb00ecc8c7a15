"""Figures as text."""

from app.bench.report_table import format_figure, format_figures


def test_figures_are_short_text() -> None:
    """Numbers are short, a spread has a slash, None is a dash."""
    assert format_figure({"p50": 0.84, "p95": 1.3578}) == "0.84 / 1.3578"
    assert format_figure({"p50": 0.84, "p95": 1.3578}, ".3f") == "0.840 / 1.358"
    assert [format_figure(figure) for figure in (None, 7, 0.5, "ws")] == ["-", "7", "0.5", "ws"]


def test_a_table_has_a_line_for_each_figure() -> None:
    """Names are aligned in a column of 26 characters."""
    assert format_figures({"rooms": 4, "wer": None}) == "rooms" + " " * 21 + "4\nwer" + " " * 23 + "-"
