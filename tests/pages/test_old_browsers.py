"""OBS has a browser of its own, which may be years old."""

import re
from pathlib import Path

import pytest

TOO_NEW = {
    "css": r":has\(|@container|@layer|@scope|@property|\d[dsl]v[hw]\b|text-wrap|color-mix|&\s*[.:>{]|:popover|translate:",
    "js": r"\.(toSorted|toReversed|toSpliced|isWellFormed|with)\(|\.groupBy|Promise\.(withResolvers|try)|Iterator\."
    r"|/[dgimsuy]*v[dgimsuy]*[.,;)]|import .* with \{|Array\.fromAsync",
}
"""What Chromium 103, the oldest in use in OBS, does not know or not reliably."""


@pytest.mark.parametrize("page", ["overlay", "stage"])
def test_pages_for_screens_use_nothing_that_old_browsers_lack(root: Path, page: str) -> None:
    """The files that the overlay and the stage load, one by one, keep to Chromium 103."""
    waiting, seen = [f"{page}.html"], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        text = (root / "static" / name).read_text(encoding="utf-8")
        waiting += set(re.findall(r"(?:/static/|\./)([\w.]+\.(?:js|css))", text)) - seen
        pattern = TOO_NEW.get(name.rpartition(".")[2])
        assert pattern is None or re.findall(pattern, text) == [], name
    assert {"lines.js", "words.js", "screen.js", "still.js", "overlay.css"} <= seen
