"""Overlay and stage use nothing that the old browser inside OBS lacks."""

import re
from pathlib import Path

import pytest

TOO_NEW = {
    "css": r":has\(|@container|@layer|@scope|\d[dsl]v[hw]\b|text-wrap|color-mix|&\s*[.:>{]|:popover|translate:",
    "js": r"\.(toSorted|toReversed|toSpliced|isWellFormed|with)\(|\.groupBy|Promise\.(withResolvers|try)|Iterator\."
    r"|/[dgimsuy]*v[dgimsuy]*[.,;)]|import .* with \{|Array\.fromAsync",
}
"""What Chromium 103, the oldest one in OBS, does not support or not reliably."""


@pytest.mark.parametrize("page", ["overlay", "stage"])
def test_pages_for_screens_use_nothing_that_old_browsers_lack(root: Path, page: str) -> None:
    """Every file that the overlay and the stage load works in Chromium 103."""
    static = root / "static"
    waiting, seen = [static / page / f"{page}.html"], set[Path]()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        text = file.read_text(encoding="utf-8")
        linked = [static / path for path in re.findall(r"/static/([\w./]+\.(?:js|css))", text)]
        imported = [(file.parent / path).resolve() for path in re.findall(r'"(\.\.?/[\w./]+\.js)"', text)]
        waiting += {*linked, *imported} - seen
        pattern = TOO_NEW.get(file.suffix[1:])
        assert pattern is None or re.findall(pattern, text) == [], file
    shared = {"lines.js", "line_breaks.js", "subtitle_view.js", "static_lines.js", "subtitle_view.css"}
    assert {static / "room" / name for name in shared} <= seen
