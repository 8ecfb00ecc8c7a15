"""Sends the sentences of a room to the translator, again if that fails, and remembers how it is doing."""

import asyncio
from dataclasses import replace

from app.captions.room import Room
from app.errors import SurtitleError
from app.translate.request import TextTranslator, Translation, TranslationRequest
from app.translate.terms import find_terms

RETRY_PAUSES_S = (0.3,)
"""Pauses before a sentence is sent again. The engine itself sends again what a worker had in work when it died, so a
failure is seldom over soon, and readers wait."""

SENTENCE_MAX_S = 20.0
"""How long one attempt may take: a worker with a large model needs this to start again."""

PREVIEW_MAX_S = 3.0
"""The same for a preview, which is out of date then."""


class Attempts:
    """The translations of one room into one language."""

    def __init__(self, room: Room, translator: TextTranslator) -> None:
        """Start with none."""
        self._room, self._translator = room, translator
        self.n_failed = 0
        """Sentences in a row that could not be translated."""
        self.reason = ""
        """Why the last one could not, as a sentence."""

    async def translate(self, request: TranslationRequest) -> Translation | None:
        """Translate a sentence with the room's terms; return None if that fails again and again.

        Cancelling drops the request.
        """
        request = self._with_terms(request)
        if request.is_preview:
            return await self._try(request, PREVIEW_MAX_S)
        for pause_s in (0.0, *RETRY_PAUSES_S):
            await asyncio.sleep(pause_s)
            translation = await self._try(request, SENTENCE_MAX_S)
            if translation is not None:
                self.n_failed = 0
                return translation
        self.n_failed += 1
        return None

    async def _try(self, request: TranslationRequest, max_s: float) -> Translation | None:
        try:
            async with asyncio.timeout(max_s):
                return await self._translator.translate(request)
        except SurtitleError as exc:
            self.reason = str(exc)
        except TimeoutError:
            self.reason = f"The translator did not answer within {max_s:.0f} s."
        return None

    def _with_terms(self, request: TranslationRequest) -> TranslationRequest:
        glossary = self._room.settings.glossary
        return replace(request, terms=find_terms(glossary, request.text, request.language, request.target))
