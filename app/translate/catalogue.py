"""The translation models that have names: where they are on the model hub, how large they are, and their licences.

The repositories are conversions to CTranslate2 by third parties; at least two unrelated public projects name each of
them (November 2026). Surtitle ships no hashes for them: those of the first download are recorded, see `model_lock`.
"""

import re
from dataclasses import dataclass

from app import choices
from app.errors import ModelError

FILES = (
    "config.json",
    "model.bin",
    "shared_vocabulary.*",
    "source_vocabulary.*",
    "target_vocabulary.*",
    "tokenizer.json",
    "sentencepiece.bpe.model",
    "sentencepiece.model",
    "spiece.model",
    "source.spm",
    "target.spm",
)
"""The files of a CTranslate2 translation model; nothing else is downloaded or loaded."""

REQUIRED = ("config.json", "model.bin")
"""A folder without them is an interrupted download."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One model that has a name."""

    name: str
    repository: str
    original: str
    """The repository of the model before its conversion."""
    licence: str
    weights_bytes: int
    """Size of `model.bin`."""
    parameters: int
    """Number of weights; on a CPU each takes a byte."""
    pairs: str
    """What it translates, for a table."""
    is_commercial: bool = True
    """Whether the licence allows commercial use."""


ENTRIES = (
    CatalogueEntry(
        "madlad400-3b",
        "santhosh/madlad400-3b-ct2",
        "google/madlad400-3b-mt",
        "Apache-2.0",
        2_950_000_000,
        2_900_000_000,
        "all of 400",
    ),
    CatalogueEntry(
        "m2m100-1.2b",
        "jncraton/m2m100_1.2B-ct2-int8",
        "facebook/m2m100_1.2B",
        "MIT",
        1_250_000_000,
        1_240_000_000,
        "all of 100",
    ),
    CatalogueEntry(
        "m2m100-418m",
        "jncraton/m2m100_418M-ct2-int8",
        "facebook/m2m100_418M",
        "MIT",
        488_000_000,
        484_000_000,
        "all of 100",
    ),
    CatalogueEntry(
        "nllb-200-3.3b",
        "OpenNMT/nllb-200-3.3B-ct2-int8",
        "facebook/nllb-200-3.3B",
        "CC-BY-NC-4.0",
        3_360_000_000,
        3_340_000_000,
        "all of 200",
        is_commercial=False,
    ),
    CatalogueEntry(
        "nllb-200-1.3b",
        "OpenNMT/nllb-200-distilled-1.3B-ct2-int8",
        "facebook/nllb-200-distilled-1.3B",
        "CC-BY-NC-4.0",
        1_380_000_000,
        1_370_000_000,
        "all of 200",
        is_commercial=False,
    ),
    CatalogueEntry(
        "nllb-200-600m",
        "osa911/nllb-200-distilled-600M-ct2-int8",
        "facebook/nllb-200-distilled-600M",
        "CC-BY-NC-4.0",
        619_704_329,
        615_000_000,
        "all of 200",
        is_commercial=False,
    ),
)
"""All but OPUS-MT, of which each pair is a model. Sizes: the hub's pages, and 1 byte for each weight.
Licences: the cards of the original models."""

OPUS_BYTES, OPUS_PARAMETERS = 155_000_000, 76_000_000
"""Of one pair; the conversions have 16 bits for each weight."""

OPUS = re.compile(r"opus-mt-([a-z]{2,3})-([a-z]{2,3})")


def find_entry(name: str) -> CatalogueEntry | None:
    """Return the entry of a name, None if there is none; OPUS-MT has one for each pair."""
    pair = OPUS.fullmatch(name)
    if pair is not None:
        source, target = pair.groups()
        return CatalogueEntry(
            name,
            f"gaudi/{name}-ctranslate2",
            f"Helsinki-NLP/{name}",
            "Apache-2.0 or CC-BY-4.0, see its card",
            OPUS_BYTES,
            OPUS_PARAMETERS,
            f"{source} to {target}",
        )
    return next((entry for entry in ENTRIES if entry.name == name), None)


def get_entry(name: str) -> CatalogueEntry:
    """Return the entry of a name; raises ModelError with what was probably meant."""
    entry = find_entry(name)
    if entry is not None:
        return entry
    similar = choices.suggest(name, ("auto", "demo", "none", *(one.name for one in ENTRIES), "opus-mt-de-en"))
    raise ModelError(
        "Expected a translation model by its name from `surtitle models`, such as m2m100-418m or opus-mt-de-en, or a "
        f"folder, but got {choices.quote(name)}." + (f" Did you mean {similar}?" if similar else "")
    )


def convert_command(entry: CatalogueEntry) -> str:
    """Return the command that converts the original model to a folder."""
    files = "source.spm target.spm" if OPUS.fullmatch(entry.name) else "tokenizer.json"
    if entry.name.startswith("m2m100"):
        files = "sentencepiece.bpe.model"
    return (
        f"ct2-transformers-converter --model {entry.original} --quantization int8 --copy_files {files} "
        f"--output_dir {entry.name}"
    )
