"""Invalid input gets a message, never an internal error; SURTITLE_FUZZ_CASES sets the number of cases."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.audio.browser import MESSAGE_MAX_S, UNREAD_MAX_S, BrowserSource
from app.audio.chunk import SAMPLE_RATE
from app.errors import SettingsError, SourceError
from app.web import messages, source_messages
from tests.support.threaded_service import ADMIN, ThreadedService, threaded_service

CASES = int(os.environ.get("SURTITLE_FUZZ_CASES", "0"))
HEADERS = {"Authorization": f"Bearer {ADMIN}"}
KINDS = {"welcome", "snapshot", "caption", "state", "ack", "error"}
CLOSE_CODES = {1000, 1002, 1007, 1008, 1009, 1013}


def tries(few: int, share: float = 1.0) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a few seeded cases, or a share of the number from the environment with new seeds."""
    return settings(
        max_examples=max(1, round(CASES * share)) if CASES else few,
        derandomize=not CASES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


TEXT = st.text(st.characters(codec=None)) | st.sampled_from(["", "\x00", "\ud800", "\udfff\ud800", "\u202e", "﷽" * 99])
NUMBERS = st.integers() | st.sampled_from([-1, 2**31, 2**63, 2**64, 10**400]) | st.floats()
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
VALID: list[dict[str, Any]] = [
    {"type": "hello", "role": "viewer", "key": "", "since": {"epoch": "1f0c22ab", "seq": 41}},
    {"type": "hello", "role": "source", "key": "", "session": "0123456789ab", "label": "me", "language": "de"},
    {"type": "end"},
]
FIELDS = sorted({name for message in VALID for name in message})
NESTED = st.builds(lambda n, brackets: brackets[0] * n + brackets[1] * n, st.integers(1, 2000), st.sampled_from(["[]"]))
DIGITS = st.builds(lambda n: f'{{"type":"hello","role":"viewer","since":{{"seq":{"9" * n}}}}}', st.integers(1, 4000))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a valid message with changed, missing and added fields, and then changed characters."""
    message: dict[str, Any] = dict(draw(st.sampled_from(VALID)))
    for name in draw(st.lists(st.sampled_from(FIELDS) | TEXT, max_size=3)):
        if draw(st.booleans()):
            message[name] = draw(JSON)
        else:
            message.pop(name, None)
    text = json.dumps(message)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at] + draw(st.text(st.characters(codec="utf-8"), max_size=3)) + text[at + draw(st.integers(0, 3)) :]
        )
    return text


CONTROL = mutated() | JSON.map(json.dumps) | st.text(st.characters(codec="utf-8")) | NESTED | DIGITS
PCM = st.binary(max_size=64) | st.integers(0, 200_000).map(bytes)


@tries(400)
@given(CONTROL)
def test_any_first_message_is_parsed_or_refused(text: str) -> None:
    """Any text is parsed as a hello or refused with a message that can be encoded."""
    try:
        messages.parse_hello(text)
    except SettingsError as exc:
        answer = json.loads(messages.ErrorMessage(code=exc.code, message=str(exc)).encoded())
    else:
        return
    assert answer["message"].startswith("Expected a hello message")


@tries(200)
@given(CONTROL)
def test_only_an_end_message_ends_a_session(text: str) -> None:
    """No other text ends a session, and none raises an error."""
    try:
        is_end = json.loads(text) == {"type": "end"}
    except (ValueError, RecursionError):
        is_end = False
    assert source_messages.is_end(text) is is_end


@tries(300)
@given(st.lists(st.tuples(st.integers(0, 2**64 - 1) | st.integers(-100_000, 100_000), PCM), max_size=12))
def test_any_sound_is_accepted_or_refused(pieces: list[tuple[int, bytes]]) -> None:
    """For any index and bytes the sample count only rises, memory is bounded, and refusals have a message."""
    source = BrowserSource("0123456789ab", "page")
    for index, pcm in pieces:
        start = index if index > 100_000 else max(0, source.next_sample + index)
        before = source.next_sample
        complaint = "Reload the page"
        try:
            after = source.push(start, pcm)
        except SourceError as exc:
            after, complaint = before, str(exc)
        assert complaint.endswith("Reload the page.") or len(pcm) <= 2 * MESSAGE_MAX_S * SAMPLE_RATE
        assert after == source.next_sample >= before
        assert source._unread_s <= UNREAD_MAX_S + 1e-9


@pytest.fixture(scope="module")
def service() -> Iterator[ThreadedService]:
    """Run the real service for this module; it may log no errors."""
    with threaded_service() as service:
        yield service
    assert service.faults == []


SOUND = st.builds(lambda index, pcm: index.to_bytes(8, "little") + pcm, st.integers(0, 2**64 - 1), PCM)
HELLO = st.sampled_from([json.dumps({**message, "key": ADMIN}) for message in VALID[:2]])


def hear(socket: ClientConnection) -> None:
    """Read to the end; every message must follow the protocol."""
    while True:
        assert json.loads(socket.recv(10))["type"] in KINDS


def test_any_connection_ends_with_a_documented_code(service: ThreadedService) -> None:
    """Whatever is sent on a real socket, all responses follow the protocol, and the close code is documented."""

    @tries(60, share=1 / 20)
    @given(CONTROL | HELLO | st.binary(max_size=64), st.lists(CONTROL | SOUND | st.binary(max_size=16), max_size=4))
    def talk(first: str | bytes, rest: list[str | bytes]) -> None:
        with connect(f"{service.sockets}/ws/main", open_timeout=10, close_timeout=10) as socket:
            with suppress(ConnectionClosed):
                for message in (first, *rest, "the last word"):
                    socket.send(message)
            with pytest.raises(ConnectionClosed) as closed:
                hear(socket)
        # who goes on speaking after the end may lose the last words to a reset of the connection
        assert closed.value.rcvd is None or closed.value.rcvd.code in CLOSE_CODES
        assert service.faults == []

    talk()


CHECKS = {
    "negative_data_rejection": {"expected-statuses": ["400", "401", "404", "405", "413", "422", "429"]},
    "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "404", "422", "429"]},
}
ENDLESS = "/api/rooms/{name}/events"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["sense", "nonsense"])
def test_every_operation_follows_its_schema(service: ThreadedService, mode: GenerationMode) -> None:
    """Responses to generated requests, valid and invalid, follow the OpenAPI description."""
    described = schemathesis.openapi.from_url(
        f"{service.address}/api/openapi.json", config=schemathesis.Config.from_dict({"checks": CHECKS})
    )
    with httpx.Client(base_url=service.address, headers=HEADERS) as client:
        for found in described.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            if operation.path == ENDLESS:
                continue

            @tries(12, share=1 / 28)
            @given(operation.as_strategy(generation_mode=mode), st.booleans())
            def call(case: schemathesis.Case[Any], is_known: bool) -> None:
                if is_known and isinstance(case.path_parameters, dict) and "name" in case.path_parameters:
                    case.path_parameters["name"] = "main"
                if isinstance(case.body, dict) and "source" in case.body:
                    case.body["source"] = None  # the service would open it
                # the key is always right here, the room where it was put in, and unknown questions are left alone
                mended = {
                    ParameterLocation.HEADER,
                    ParameterLocation.QUERY,
                    *([ParameterLocation.PATH] if is_known else []),
                }
                parts = case.meta.components.items() if case.meta else []
                is_nonsense = any(part.mode.is_negative for where, part in parts if where not in mended)
                answer = case.call_and_validate(
                    headers=HEADERS, excluded_checks=[] if is_nonsense else [negative_data_rejection]
                )
                if answer.status_code == 201 and case.operation.path == "/api/rooms":
                    assert client.delete(f"/api/rooms/{answer.json()['name']}").status_code == 200
                if client.get("/api/rooms/main").status_code == 404:
                    assert client.post("/api/rooms", json={"name": "main"}).status_code == 201
                assert service.faults == []

            call()
