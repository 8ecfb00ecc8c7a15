"""Translates with a chat service over HTTP; the local model takes over when the service fails or is not believed.

This uses the HTTP client's transport directly, not the client, which logs every address, follows redirects and obeys
the proxies of the environment.
"""

import asyncio
import json
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import httpx2

from app import log
from app.errors import TranslateError
from app.translate.chat_prompt import SaidBefore, build_body, gives_orders, is_about_the_task, read_answer
from app.translate.chat_service import ChatService
from app.translate.request import TextTranslator, Translation, TranslationRequest
from app.translate.sentence_check import SentenceCheck

logger = log.get(__name__)

PREVIEW_MAX_S, SENTENCE_MAX_S = 3.0, 10.0
"""How long an answer may take: a preview is out of date then, and readers of a sentence must not wait longer."""

ANSWER_MAX = 256 * 1024
"""Bytes of an answer that are read; a sentence has a few hundred, and a service may add its own fields."""

CONNECTIONS_MAX = 16
"""Requests at once; what comes beyond is translated by the local model."""

CONTEXT_SENTENCES = 3
"""Sentences before, of the same room and languages, in the prompt."""

TALKS_MAX = 256
"""Rooms with a pair of languages whose last sentences are remembered."""

FAILURES_MAX = 3
"""Failures in a row after which the service gets a pause, ..."""

PAUSE_S = 15.0
"""... of this length; then one sentence tries it again."""


class ServiceFailure(Exception):
    """The service gave no translation; the message has no text of the room, no key and no path."""


@dataclass(slots=True)
class CircuitBreaker:
    """Keeps sentences from a service that fails."""

    clock: Callable[[], float] = time.monotonic
    n_failures: int = 0
    """In a row."""
    paused_until_s: float = -math.inf

    def allows(self) -> bool:
        """Return whether to ask now; after a pause the first caller asks and the others wait for its result."""
        if self.n_failures < FAILURES_MAX:
            return True
        now_s = self.clock()
        if now_s < self.paused_until_s:
            return False
        self.paused_until_s = now_s + PAUSE_S
        return True

    def record(self, *, is_success: bool) -> None:
        """Count an outcome."""
        self.n_failures = 0 if is_success else self.n_failures + 1
        if self.n_failures >= FAILURES_MAX:
            self.paused_until_s = self.clock() + PAUSE_S


class ChatTranslator:
    """A `TextTranslator` that asks a chat service."""

    def __init__(
        self,
        service: ChatService,
        fallback: TextTranslator | None = None,
        *,
        transport: Callable[[], httpx2.AsyncBaseTransport] | None = None,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        """Open no connection yet; without `fallback` a failure is a TranslateError."""
        self._service, self._fallback = service, fallback
        self._transport = (transport or _open_transport)()
        self._breaker = breaker or CircuitBreaker()
        self._talks: OrderedDict[tuple[str, str, str], deque[SaidBefore]] = OrderedDict()
        """The last sentences by room and languages."""
        self._n_running = 0
        self.n_fallbacks = 0
        """Sentences that the service did not translate."""

    @property
    def leaves_machine(self) -> str:
        """The host that the text is sent to; empty if it is this machine."""
        return self._service.leaves_machine

    @property
    def model(self) -> str:
        """The name of its model."""
        return self._service.model

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def join(self, room: str, target: str) -> AbstractContextManager[None]:
        """Give a target of a room a place: the service has as many as are asked for.

        The local model, which takes over seldom, is not asked for one.
        """
        return nullcontext()

    async def translate(self, request: TranslationRequest) -> Translation:
        """Translate one sentence; the fallback does it if the service fails, or its answer is not believed.

        Raises:
            TranslateError: The service failed and there is no fallback, or that failed too.
        """
        if self._n_running >= CONNECTIONS_MAX:
            return await self._fall_back(request, "it has too many sentences to translate")
        if not self._breaker.allows():
            return await self._fall_back(request, "it failed several times and is asked again soon")
        if gives_orders(request.text):
            local = await self._translate_locally(request)
            if local is not None:
                return local
        talk = self._find_talk(request)
        try:
            translation = await self._ask(request, list(talk))
        except ServiceFailure as exc:
            self._breaker.record(is_success=False)
            logger.warning("translation_service_failed", host=self._service.host, reason=str(exc))
            return await self._fall_back(request, str(exc))
        self._breaker.record(is_success=True)
        if translation.fault:
            return await self._translate_locally(request) or translation
        if not request.is_preview:
            talk.append(SaidBefore(request.text, translation.text))
        return translation

    async def _ask(self, request: TranslationRequest, context: list[SaidBefore]) -> Translation:
        """Return the checked answer of the service; raises ServiceFailure."""
        body = json.dumps(build_body(request, self._service.model, context)).encode()
        self._n_running += 1
        try:
            content = await self._send(body, PREVIEW_MAX_S if request.is_preview else SENTENCE_MAX_S)
        finally:
            self._n_running -= 1
        answer = read_answer(content, request.text)
        if answer is None:
            raise ServiceFailure("its answer has no translation where one is expected")
        text, is_complete = answer
        fault = SentenceCheck(request).find_fault(text, is_complete=is_complete)
        if fault is None and is_about_the_task(text, request.text):
            fault = "unsure"
        return Translation(request.text, fault) if fault else Translation(text)

    async def _send(self, body: bytes, timeout_s: float) -> bytes:
        """Return the body of a good answer; raises ServiceFailure."""
        headers = {"User-Agent": "Surtitle", "Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self._service.key:
            headers["Authorization"] = f"Bearer {self._service.key}"
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
        request = httpx2.Request(
            "POST", self._service.url, content=body, headers=headers, extensions={"timeout": timeout}
        )
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._transport.handle_async_request(request)
                try:
                    if response.status_code != 200:
                        raise ServiceFailure(f"it answered with the status {response.status_code}")
                    return await _read(response)
                finally:
                    await response.aclose()
        except TimeoutError as exc:
            raise ServiceFailure(f"it did not answer within {timeout_s:.0f} s") from exc
        except httpx2.TransportError as exc:  # its text may contain the address
            raise ServiceFailure(f"the connection failed ({type(exc).__name__})") from None

    async def _fall_back(self, request: TranslationRequest, reason: str) -> Translation:
        """Translate with the local model; raises TranslateError."""
        local = await self._translate_locally(request)
        if local is not None:
            return local
        raise TranslateError(
            f"The translation service {self._service.host} gave no translation: {reason}. Check the service, its key "
            "and the name of its model; a local model (--translation-model) would have taken over."
        )

    async def _translate_locally(self, request: TranslationRequest) -> Translation | None:
        """Return the translation of the local model; None if there is none, or it failed."""
        self.n_fallbacks += 1
        if self._fallback is None:
            return None
        try:
            return await self._fallback.translate(request)
        except TranslateError:
            return None

    def _find_talk(self, request: TranslationRequest) -> deque[SaidBefore]:
        """Return the sentences before; only the newest, or none, if the request follows another sentence."""
        key = (request.room, request.language, request.target)
        talk = self._talks.get(key)
        if not talk or talk[-1].text != request.previous:
            talk = self._talks[key] = deque(maxlen=CONTEXT_SENTENCES)
            if request.previous and request.previous_translation:
                talk.append(SaidBefore(request.previous, request.previous_translation))
        self._talks.move_to_end(key)
        if len(self._talks) > TALKS_MAX:
            self._talks.popitem(last=False)
        return talk


def _open_transport() -> httpx2.AsyncBaseTransport:
    """Return a transport that connects to the host of the address without a proxy."""
    return httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=CONNECTIONS_MAX))


async def _read(response: httpx2.Response) -> bytes:
    content = b""
    async for part in response.aiter_raw():
        content += part
        if len(content) > ANSWER_MAX:
            raise ServiceFailure(f"its answer is larger than {ANSWER_MAX // 1024} KiB")
    return content
