"""Tiny models with random weights and Whisper's real vocabularies."""

import json
from pathlib import Path

from app.bench.model_shapes import ModelShape, write_model
from app.decode.whisper import Whisper
from tests.support.real_vocabulary import TASK_TOKENS, build_tokenizer, list_vocabulary

SHAPES = {
    "tiny.en": ModelShape(64, 1, 1, 2, n_mels=80, n_languages=99),
    "small": ModelShape(64, 1, 1, 2, n_mels=80, n_languages=99),
    "large-v3": ModelShape(64, 1, 1, 2, n_mels=128, n_languages=100),
}
"""One model of each real vocabulary: 51864, 51865 and 51866 tokens."""

SINGLE_MARKS = '"#()*+/:;<=>@[\\]^_`{|}~「」『』'
MARK_GROUPS = "<< >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪"
NOTES = "♩♪♫♬♭♮♯"


def list_suppressed(name: str) -> list[int]:
    """Return the tokens that a real model's configuration forbids. Source: openai/whisper `non_speech_tokens`."""
    tokenizer = build_tokenizer("gpt2" if name.endswith(".en") else "multilingual", SHAPES[name].n_languages)

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    found = {encode(" -")[0], encode(" '")[0]}
    for mark in [*SINGLE_MARKS, *MARK_GROUPS.split(), *NOTES]:
        for ids in (encode(mark), encode(" " + mark)):
            if len(ids) == 1 or mark in NOTES:
                found.add(ids[0])
    special = ["startoftranscript", *(task for task in TASK_TOKENS if task != "notimestamps")]
    return sorted(found | {number for number in (tokenizer.token_to_id(f"<|{token}|>") for token in special) if number})


def write_real_model(name: str, folder: Path) -> Path:
    """Write the model of that name into a folder, and return the folder."""
    shape = SHAPES[name]
    tokenizer = build_tokenizer("gpt2" if name.endswith(".en") else "multilingual", shape.n_languages)
    write_model(shape, folder, "float16", list_vocabulary(tokenizer), list_suppressed(name))
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": shape.n_mels}))
    return folder


def load_real_model(name: str, folder: Path) -> Whisper:
    """Write and load the model of that name."""
    write_real_model(name, folder)
    return Whisper(str(folder), name=name, device="cpu", compute_type="float32", threads=1)
