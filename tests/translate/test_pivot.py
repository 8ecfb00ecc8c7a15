"""Models of single pairs, and pairs through English."""

from pathlib import Path

import pytest

from app.errors import TranslateError
from app.translate import models
from app.translate.model import ModelRow
from app.translate.text_model_choice import load
from tests.support.toy_translator import write_toy_pair


def test_pairs_without_a_model_go_through_english(tmp_path: Path) -> None:
    """A folder with models of OPUS-MT is one model: each pair in one step if it can, else in two."""
    for source, target in (("de", "en"), ("en", "de"), ("en", "fr"), ("en", "pt")):
        write_toy_pair(tmp_path / f"opus-mt-{source}-{target}", source, target)
    choice = models.choose(str(tmp_path))
    assert choice.pairs.has("de", "fr")
    assert not choice.pairs.has("fr", "de")
    model = load(choice)
    rows = [
        ModelRow("guten Morgen .", "de", "fr"),
        ModelRow("guten Morgen .", "de", "en"),
        ModelRow("good house", "en", "de"),
        ModelRow("Haus offen", "de", "pt", prefix="casa"),
    ]
    assert [one[0].text for one in model.generate(rows)] == ["bon matin .", "good morning .", "guten Haus", " aberto"]
    with pytest.raises(TranslateError, match="nor through English"):
        model.generate([ModelRow("bon matin", "fr", "de")])
