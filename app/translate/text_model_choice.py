"""Which translation model to load and how; what a worker process needs to load it, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.translate.model import LanguagePairs, TextModel
from app.translate.pivot import PivotModel


@dataclass(frozen=True, slots=True)
class TextModelChoice:
    """A translation model on this disk, and how to run it."""

    name: str
    folders: tuple[str, ...]
    """Folders that CTranslate2 wrote; several for OPUS-MT, one for each pair."""
    licence: str
    pairs: LanguagePairs
    device: str = "cpu"
    compute_type: str = "int8"
    threads: int = 1
    """CPU threads."""
    device_index: int = 0
    """Which GPU."""
    unsure_logprob: float | None = None
    """Mean log-probability of a token below which its translations are not believed; None is the limit for its kind."""
    uses_context: bool = True
    """Whether a model that was trained with the sentence before gets it."""


def load(choice: TextModelChoice) -> TextModel:
    """Load a chosen model; blocks for seconds.

    Raises:
        ModelError: It cannot be loaded.
    """
    from app.translate.seq2seq import Seq2SeqModel

    models: Sequence[TextModel] = [
        Seq2SeqModel(
            Path(folder),
            device=choice.device,
            compute_type=choice.compute_type,
            device_index=choice.device_index,
            threads=choice.threads,
            uses_context=choice.uses_context,
        )
        for folder in choice.folders
    ]
    return models[0] if len(models) == 1 else PivotModel(models)
