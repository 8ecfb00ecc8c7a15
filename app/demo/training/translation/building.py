"""Makes the translation model from nothing: tokenizer, training, conversion, figures."""

import shutil
from pathlib import Path

from app.decode import demo_files
from app.demo.training.translation.accuracy import measure_translation
from app.demo.training.translation.convert import convert_translator
from app.demo.training.translation.errors import CONFUSIONS
from app.demo.training.translation.hearing import hear, write_confusions
from app.demo.training.translation.tokens import load_tokenizer, train_tokenizer
from app.demo.training.translation.training import train_translator


def build_translation(work: Path, *, steps: int, minutes: float, init: Path | None, heard: int) -> None:
    """Train a model, put it into the package and print its word errors.

    Args:
        work: Folder for tokenizer and checkpoints; a tokenizer that is there is used again.
        steps: Steps of training.
        minutes: When training ends before the last step.
        init: A checkpoint to continue from, made with the tokenizer in `work`.
        heard: Number of sentences to speak to the Whisper model, to count its mistakes again; 0 keeps the counts.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    work.mkdir(parents=True, exist_ok=True)
    if heard:
        print(f"Speaking {heard} sentences to the Whisper model.")
        write_confusions(CONFUSIONS, hear(heard, held_out=False))
    tokens = work / "tokenizer.json"
    if not tokens.exists():
        train_tokenizer().save(str(tokens))
    tokenizer = load_tokenizer(tokens)
    network = train_translator(tokenizer, work / "checkpoint.pt", steps=steps, minutes=minutes, init=init, report=print)
    model = work / "model"
    convert_translator(network, tokenizer, model)
    print(measure_translation(model).table())
    shutil.copytree(model, demo_files.TRANSLATION, dirs_exist_ok=True)
    print("The model is in app/demo/translation. `make test` checks its word errors.")
