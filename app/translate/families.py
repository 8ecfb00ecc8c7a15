"""The model families: which tokens each puts around a sentence, and which languages its vocabulary has.

The languages are Whisper's codes everywhere else; `language_codes.json` has what the families call them otherwise.
Sources: the model cards; CTranslate2's guides for M2M-100, NLLB, T5 and Marian.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from app import language_names
from app.errors import ModelError
from app.translate.model import LanguagePairs, ModelRow
from app.translate.pieces import Pieces, SentencePieces, read_pieces

END = "</s>"


class FamilyName(StrEnum):
    """The families that can be used."""

    M2M100 = "M2M-100"
    NLLB = "NLLB"
    MADLAD = "MADLAD-400"
    MARIAN = "OPUS-MT"


class Family:
    """One model's own way of writing sentences and languages."""

    def __init__(
        self, name: FamilyName, source: Pieces, target: Pieces, tokens: Mapping[str, str], pairs: LanguagePairs
    ) -> None:
        """Use the pieces of both sides; `tokens` has the model's token of each language."""
        self.name = name
        self.pairs = pairs
        self._source = source
        self._tokens = tokens
        self.target = target
        """The pieces of translations."""

    def source_tokens(self, row: ModelRow) -> list[str]:
        """Return what the model reads."""
        text = f"{row.previous} {row.text}" if row.previous else row.text
        if self.name is FamilyName.MADLAD:
            return [self._tokens[row.target], *self._source.encode(text), END]
        if self.name is FamilyName.MARIAN:
            token = self._tokens.get(row.target)
            return [*([token] if token else []), *self._source.encode(text), END]
        return [self._tokens[row.language], *self._source.encode(text), END]

    def start_tokens(self, target: str) -> list[str]:
        """Return what a translation begins with: the token of its language, or nothing."""
        return [self._tokens[target]] if self.name in (FamilyName.M2M100, FamilyName.NLLB) else []


def open_family(folder: Path) -> Family:
    """Find out the family of a model in a folder, and read its tokenizer.

    Raises:
        ModelError: It is none of a known family, or a file is missing.
    """
    known = describe(folder)
    if known.name is FamilyName.MARIAN:
        source, target = SentencePieces(folder / "source.spm"), SentencePieces(folder / "target.spm")
        return Family(known.name, source, target, known.tokens, known.pairs)
    pieces = read_pieces(folder)
    return Family(known.name, pieces, pieces, known.tokens, known.pairs)


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """What the files of a model say without loading it."""

    name: FamilyName
    tokens: Mapping[str, str]
    """The model's token of each language."""
    pairs: LanguagePairs


def describe(folder: Path) -> ModelDescription:
    """Find out the family and the languages of a model in a folder.

    Raises:
        ModelError: It is none of a known family, or a file is missing.
    """
    vocabulary = _read_vocabulary(folder)
    codes = language_names.names()
    tokens = {code: f"__{_code('m2m100', code)}__" for code in codes}
    tokens = {code: token for code, token in tokens.items() if token in vocabulary}
    if len(tokens) > 1:
        return ModelDescription(FamilyName.M2M100, tokens, _all_pairs(tokens))
    tokens = {code: _code("nllb", code) for code in codes}
    tokens = {code: token for code, token in tokens.items() if token in vocabulary}
    if len(tokens) > 1:
        return ModelDescription(FamilyName.NLLB, tokens, _all_pairs(tokens))
    tokens = {code: f"<2{_code('madlad', code)}>" for code in codes}
    tokens = {code: token for code, token in tokens.items() if token in vocabulary}
    if len(tokens) > 1:
        return ModelDescription(FamilyName.MADLAD, tokens, _all_pairs(tokens))
    if (folder / "source.spm").is_file() and (folder / "target.spm").is_file():
        return _describe_marian(folder, vocabulary)
    raise ModelError(
        f"The model in {folder} is of no family that Surtitle knows: M2M-100, NLLB, MADLAD-400, or OPUS-MT with its "
        "source.spm and target.spm. Check the folder, or convert the model again with ct2-transformers-converter."
    )


def _all_pairs(tokens: Mapping[str, str]) -> LanguagePairs:
    return LanguagePairs(frozenset(tokens), frozenset(tokens))


PAIR = re.compile(r"opus-mt-(?:tc-(?:big|base|bible)-)?([a-z]{2,8})-([a-z]{2,8})(?![a-z])", re.IGNORECASE)
"""The pair in a folder's name, such as `opus-mt-de-en` or the hub's `models--gaudi--opus-mt-de-en-ctranslate2`."""


def _describe_marian(folder: Path, vocabulary: frozenset[str]) -> ModelDescription:
    """Return the pair of an OPUS-MT model from its folder's name; its target tokens, if it has several targets."""
    # the snapshot of a downloaded model lies two folders below its name
    names = (part.name for part in (folder.resolve(), *folder.resolve().parents[:3]))
    found = next(filter(None, map(PAIR.search, names)), None)
    if found is None:
        raise ModelError(
            f"Expected a folder with the pair of an OPUS-MT model in its name, such as opus-mt-de-en, but got {folder}."
            " Rename it."
        )
    source, target = (_own_code(code.lower()) for code in found.groups())
    tokens = {
        code: token
        for code in language_names.names()
        for name in (code, *language_names.names()[code][2:])
        if (token := f">>{name}<<") in vocabulary
    }
    # a group of languages, such as mul or ROMANCE, may be any of those that it has
    sources = frozenset({source}) if source in language_names.names() else frozenset(language_names.names())
    targets = frozenset(tokens) or frozenset({target})
    return ModelDescription(FamilyName.MARIAN, tokens, LanguagePairs(sources, targets - {source}))


def _read_vocabulary(folder: Path) -> frozenset[str]:
    for stem in ("shared_vocabulary", "source_vocabulary"):
        for path in (folder / f"{stem}.json", folder / f"{stem}.txt"):
            if not path.is_file():
                continue
            try:
                text = path.read_text(encoding="utf-8")
                words: Sequence[str] = json.loads(text) if path.suffix == ".json" else text.splitlines()
                return frozenset(words)
            except (OSError, ValueError, TypeError) as exc:
                raise ModelError(f"Expected a vocabulary in {path}, but it cannot be read: {exc}.") from exc
    raise ModelError(
        f"Expected a CTranslate2 translation model in {folder}, but shared_vocabulary.json is missing there. Convert "
        "the model with ct2-transformers-converter, or give another folder."
    )


@cache
def _codes() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(
        Path(__file__).with_name("language_codes.json").read_text(encoding="utf-8")
    )
    return found


def _code(family: str, code: str) -> str:
    """Return what a family calls a language."""
    return _codes()[family].get(code, code)


def _own_code(code: str) -> str:
    """Return Whisper's code of a language of OPUS-MT."""
    return next((own for own, other in _codes()["opus"].items() if other == code), code)
