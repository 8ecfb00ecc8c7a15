"""Our WebSocket is one by the book, as Autobahn's cases have it."""

import pytest

from app.web.websocket import SOUND_BYTES
from tests.support import autobahn

NOT_BY_THE_BOOK = {"7.1.5"}
"""A close in the midst of a message: websockets 17.4 answers 1002, and Autobahn expects 1000 or no code."""

TOO_LARGE_FOR_US = {
    *(f"9.{group}.{case}" for group in (1, 2) for case in (3, 4, 5, 6)),
    *(f"9.{group}.{case}" for group in (3, 4) for case in range(1, 10)),
    *(f"9.{group}.{case}" for group in (5, 6) for case in range(1, 7)),
}
"""Messages of 1 to 16 MiB, whole, in parts and byte by byte; a source's largest is 256 KiB."""


@pytest.mark.timing
async def test_every_case_passes_but_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With our limits lifted, 300 of 301 cases pass: the wire is right, however large what is on it."""
    autobahn.lift(monkeypatch.setattr)
    verdicts, failed = await autobahn.verdicts(autobahn.LARGEST_BYTES)
    assert verdicts.total() == 301
    assert failed == NOT_BY_THE_BOOK


@pytest.mark.timing
async def test_our_limits_refuse_only_what_is_large() -> None:
    """With the limits as the product has them, what fails besides is too large, and nothing else."""
    verdicts, failed = await autobahn.verdicts(SOUND_BYTES)
    assert verdicts.total() == 301
    assert failed == NOT_BY_THE_BOOK | TOO_LARGE_FOR_US
