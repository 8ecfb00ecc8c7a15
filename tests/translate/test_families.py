"""The tokens of each model family, and the languages that a folder's vocabulary has."""

import json
from pathlib import Path

import pytest

from app.errors import ModelError
from app.translate.families import END, Family, FamilyName, describe
from app.translate.model import LanguagePairs, ModelRow
from tests.fakes.words_as_pieces import WordsAsPieces

ROW = ModelRow("wie geht es", "de", "ja")


@pytest.mark.parametrize(
    ("name", "tokens", "source", "start"),
    [
        (FamilyName.M2M100, {"de": "__de__", "ja": "__ja__"}, ["__de__", "wie", "geht", "es", END], ["__ja__"]),
        (FamilyName.NLLB, {"de": "deu_Latn", "ja": "jpn_Jpan"}, ["deu_Latn", "wie", "geht", "es", END], ["jpn_Jpan"]),
        (FamilyName.MADLAD, {"de": "<2de>", "ja": "<2ja>"}, ["<2ja>", "wie", "geht", "es", END], []),
        (FamilyName.MARIAN, {}, ["wie", "geht", "es", END], []),
        (FamilyName.MARIAN, {"ja": ">>jpn<<"}, [">>jpn<<", "wie", "geht", "es", END], []),
    ],
)
def test_each_family_has_its_tokens(
    name: FamilyName, tokens: dict[str, str], source: list[str], start: list[str]
) -> None:
    """The language stands before the source, before the target, or nowhere."""
    pieces = WordsAsPieces()
    family = Family(name, pieces, pieces, tokens, LanguagePairs(frozenset({"de"}), frozenset({"ja"})))
    assert family.source_tokens(ROW) == source
    assert family.start_tokens("ja") == start


def test_the_sentence_before_is_read_first() -> None:
    """It stands between the language and the sentence."""
    family = Family(
        FamilyName.M2M100,
        WordsAsPieces(),
        WordsAsPieces(),
        {"de": "__de__", "fr": "__fr__"},
        LanguagePairs(frozenset({"de"}), frozenset({"fr"})),
    )
    row = ModelRow("und du", "de", "fr", previous="wie geht es")
    assert family.source_tokens(row) == ["__de__", "wie", "geht", "es", "und", "du", END]


@pytest.mark.parametrize(
    ("vocabulary", "name", "languages"),
    [
        (["__de__", "__jv__", "__xx__"], FamilyName.M2M100, {"de", "jw"}),
        (["deu_Latn", "zho_Hans", "zho_Hant", "nob_Latn"], FamilyName.NLLB, {"de", "zh", "no"}),
        (["<2de>", "<2iw>", "<2fil>"], FamilyName.MADLAD, {"de", "he", "tl"}),
    ],
)
def test_a_vocabulary_names_family_and_languages(
    tmp_path: Path, vocabulary: list[str], name: FamilyName, languages: set[str]
) -> None:
    """Languages have Whisper's codes, whatever the family calls them."""
    (tmp_path / "shared_vocabulary.json").write_text(json.dumps(["</s>", *vocabulary]))
    found = describe(tmp_path)
    assert found.name is name
    assert found.pairs.targets == languages
    assert found.pairs.has("de", next(iter(languages - {"de"})))


@pytest.mark.parametrize(
    ("folder", "source", "targets"),
    [
        ("opus-mt-de-en", "de", {"en"}),
        ("models--gaudi--opus-mt-jv-en-ctranslate2/snapshots/0123", "jw", {"en"}),
        ("opus-mt-tc-big-en-pt", "en", {"pt"}),
        ("opus-mt-en-ROMANCE", "en", {"fr", "it"}),
    ],
)
def test_the_name_of_a_folder_says_its_pair(tmp_path: Path, folder: str, source: str, targets: set[str]) -> None:
    """A model of several targets has their tokens; OPUS-MT writes codes of two or three letters."""
    path = tmp_path / folder
    path.mkdir(parents=True)
    tokens = [">>fr<<", ">>ita<<"] if "ROMANCE" in folder else []
    (path / "source_vocabulary.txt").write_text("\n".join(["</s>", *tokens]))
    for side in ("source", "target"):
        (path / f"{side}.spm").touch()
    assert describe(path).pairs == LanguagePairs(frozenset({source}), frozenset(targets))


@pytest.mark.parametrize(("files", "sentence"), [([], "shared_vocabulary.json is missing"), (["[]"], "no family")])
def test_another_folder_is_refused_with_a_sentence(tmp_path: Path, files: list[str], sentence: str) -> None:
    """It says what was expected."""
    for content in files:
        (tmp_path / "shared_vocabulary.json").write_text(content)
    with pytest.raises(ModelError, match=sentence):
        describe(tmp_path)
