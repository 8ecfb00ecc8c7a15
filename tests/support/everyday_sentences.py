"""One everyday sentence in each of Whisper's 100 languages, all of the same meaning."""

import json
from pathlib import Path

NORMAL_S = 4.0
"""Seconds that each sentence takes at a normal, fluent pace: in English 20 syllables at 6.2 a second, and a pause.

Languages convey information at about the same rate, so the same meaning takes about the same time.
Source: Coupé et al., Science Advances 2019.
"""

FASTER = 1.5
"""How much faster than normal every language must be able to be spoken."""


def read_sentences() -> dict[str, str]:
    """Return the sentences by language code."""
    sentences: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return sentences
