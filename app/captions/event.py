"""The caption event: the only message that readers of captions get."""

import re
from dataclasses import dataclass
from typing import Literal

State = Literal["open", "final", "corrected", "withdrawn"]
"""An `open` phrase may grow; a `final` one is closed and logged; an operator makes it `corrected` or `withdrawn`."""

ORIGINAL = "original"
"""The track in the language that was spoken. Other tracks are named by their language code."""

UNSPACED = (
    "\u2e80-\u312f\u31a0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f200-\U0001f2ff"
    "\U00020000-\U0003fffd\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
"""Characters of scripts without spaces: Chinese and Japanese, then Thai and Lao, Burmese, and Khmer; as ranges of a
regular expression."""

_UNSPACED = re.compile(f"[{UNSPACED}]")


def space_between(before: str, after: str) -> str:
    """Return what goes between two pieces of one text: a space, or nothing in scripts that have no spaces."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    return "" if _UNSPACED.match(before[-1]) or _UNSPACED.match(after) else " "


def join_texts(before: str, after: str) -> str:
    """Return two pieces of one text as one."""
    return before + space_between(before, after) + after


@dataclass(frozen=True, slots=True)
class Event:
    """The complete current state of one phrase on one track; the newest `rev` replaces all earlier ones."""

    room: str
    epoch: str
    """Identifies one continuous log; changes when captions are erased or unsaved ones were shown. A reader with another
    epoch starts again from a snapshot."""
    seq: int | None
    """Number in the log, rising by one within an epoch; None while the phrase is open."""
    phrase: str
    """Source session and the sample at which the phrase's audio begins, as `3-160000`; the same on every track."""
    rev: int
    """Rises with every event of this phrase and track."""
    source: str
    track: str
    state: State
    language: str
    """Language of this text: the spoken one on `original`, the target on other tracks."""
    start_s: float
    """Where the phrase begins, in seconds on the room's audio clock."""
    end_s: float
    """Where its last word ends, in seconds on the room's audio clock."""
    committed: str
    """Solid text; while open it only grows."""
    tentative: str = ""
    """Grey text after it, which may still change; empty once final."""
    speaker: str | None = None
    is_outdated: bool = False
    """Whether this translates an original that was corrected since."""
    doubtful: tuple[int, ...] = ()
    """Numbers, from 0, of the committed words that the model was not sure of, see `doubt`; none once corrected."""
    is_retranslated: bool = False
    """Whether a corrected translation is the machine's, which translated the corrected original; else a person's."""
    is_backfilled: bool = False
    """Whether a final translation was made for readers who came later: text to read back, and no news for screens."""

    @property
    def is_logged(self) -> bool:
        """Whether the event belongs in the log, and so must reach every reader."""
        return self.state != "open"

    @property
    def text(self) -> str:
        """The committed and the tentative text as one."""
        return join_texts(self.committed, self.tentative)
