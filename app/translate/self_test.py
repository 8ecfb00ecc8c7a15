"""The self-test of a translation model after loading, so that a broken installation is noticed before the event."""

import math
import time

from app.errors import ModelError, TranslateError
from app.translate.model import ModelRow, TextModel

SENTENCES = {
    "en": "Good morning, and welcome to the meeting.",
    "de": "Guten Morgen und willkommen zur Besprechung.",
    "fr": "Bonjour et bienvenue à la réunion.",
    "es": "Buenos días y bienvenidos a la reunión.",
    "zh": "早上好，欢迎参加会议。",
}
"""A sentence in some languages; every model that is used in practice knows one of them."""


def run(model: TextModel, name: str) -> float:
    """Translate a sentence and return the seconds that a second time takes; the first one warms the model up.

    Raises:
        ModelError: The answer is empty, without end, or has a score that is no number.
    """
    row = _choose_row(model)
    if row is None:
        return 0.0
    try:
        [candidates] = model.generate([row])
        began_s = time.perf_counter()
        model.generate([row])
    except TranslateError as exc:
        raise ModelError(f"The translation model {name} failed its self-test. {exc}") from exc
    took_s = time.perf_counter() - began_s
    text = candidates[0].text.strip() if candidates else ""
    if not text:
        fault = "its answer is empty"
    elif not math.isfinite(candidates[0].logprob):
        fault = "its score is not a number"
    elif not candidates[0].is_complete:
        fault = "it did not come to an end"
    else:
        return took_s
    raise ModelError(
        f"The translation model {name} failed its self-test: it should translate {row.text!r} from {row.language} to "
        f"{row.target}, but {fault}. The model files, the GPU driver or the compute type do not fit together; try "
        "another model, or set SURTITLE_TRANSLATION_DEVICE to cpu."
    )


def _choose_row(model: TextModel) -> ModelRow | None:
    """Return a sentence in a language that the model knows, into another one that it knows."""
    for source, text in SENTENCES.items():
        for target in (*SENTENCES, *sorted(model.pairs.targets)):
            if model.pairs.has(source, target):
                return ModelRow(text, source, target)
    return None
