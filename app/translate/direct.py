"""Translates requests without checks, by one call of the model."""

from collections.abc import Sequence

from app.translate.model import ModelRow, TextModel
from app.translate.request import Translation, TranslationRequest


class DirectTranslator:
    """Returns the model's best candidates as they are."""

    def __init__(self, model: TextModel) -> None:
        """Translate with `model`."""
        self._model = model

    def translate(self, requests: Sequence[TranslationRequest]) -> list[Translation]:
        """Translate requests together; result i belongs to request i."""
        rows = [ModelRow(one.text, one.language, one.target) for one in requests]
        return [
            Translation(one[0].text.strip(), None, one[0].logprob) if one else Translation(request.text, "empty")
            for request, one in zip(requests, self._model.generate(rows), strict=True)
        ]
