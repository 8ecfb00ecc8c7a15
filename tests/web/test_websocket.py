"""The socket, over a real connection."""

import asyncio
import json

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.audio.chunk import SAMPLE_RATE
from app.captions.room_state import Visibility
from app.web.audience import RING
from app.web.request_rates import BY_NETWORK, RequestRate
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.raw_peer import KEY
from tests.support.websocket_client import SESSION, frame, hello, receive


async def test_a_viewer_gets_a_snapshot_and_then_captions() -> None:
    """Welcome, snapshot and captions come in this order, and nothing twice."""
    rooms = HostedRooms()
    rooms.say("1-0", "first", rev=2, final=True)
    rooms.say("1-9", "sec", "ond", rev=1)
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        welcome = await hello(socket)
        assert (welcome["type"], welcome["epoch"], welcome["state"]["tracks"]) == ("welcome", "e1", ["original", "en"])
        snapshot = await receive(socket, "snapshot")
        assert snapshot["is_fresh"]
        assert [(c["seq"], c["committed"]) for c in snapshot["captions"]] == [(1, "first"), (None, "sec")]
        rooms.say("1-9", "second", rev=2, final=True)
        caption = (await receive(socket, "caption"))["caption"]
        assert (caption["seq"], caption["state"], caption["committed"]) == (2, "final", "second")


async def test_a_viewer_that_returns_gets_what_it_missed_once() -> None:
    """With its epoch and seq it gets the events after them; with another epoch it starts again."""
    rooms = HostedRooms()
    for number in range(5):
        rooms.say(f"1-{number}", f"t{number}", rev=1, final=True)
    async with serve_rooms(rooms) as port:
        for since, expected, is_fresh in (
            ({"epoch": "e1", "seq": 3}, ["t3", "t4"], False),
            ({"epoch": "e0", "seq": 3}, ["t0", "t1", "t2", "t3", "t4"], True),
        ):
            async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
                await hello(socket, since=since)
                snapshot = await receive(socket, "snapshot")
                assert [caption["committed"] for caption in snapshot["captions"]] == expected
                assert snapshot["is_fresh"] is is_fresh


async def test_a_viewer_that_falls_behind_gets_the_log_and_no_gap() -> None:
    """A viewer gets more phrases than are kept encoded, in order, each once."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        await hello(socket)
        await receive(socket, "snapshot")
        for number in range(RING + 1):  # without a pause, so that the viewer is not served in between
            rooms.say(f"1-{number}", "word", rev=1, final=True)
        snapshot = await receive(socket, "snapshot")
        assert not snapshot["is_fresh"]
        assert [caption["seq"] for caption in snapshot["captions"]] == list(range(1, RING + 2))
        rooms.say("2-0", "after", rev=1, final=True)
        assert (await receive(socket, "caption"))["caption"]["seq"] == RING + 2


async def test_hellos_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network whose readers connect too often gets a message with a time, and its sources are not affected."""
    monkeypatch.setitem(BY_NETWORK, "hello", RequestRate(2, 0.01, 7, "Too many readers connect. Try again."))
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port:
        for number in range(3):
            async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
                message = await hello(socket, key="right")
                if number == 2:
                    assert (message["code"], message["retry_after_s"]) == ("busy", 7)
                    assert message["message"] == "Too many readers connect. Try again."
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            assert (await hello(socket, **(SESSION | {"key": "right"})))["type"] == "welcome"


@pytest.mark.parametrize(
    ("first", "complaint"),
    [
        (json.dumps({"type": "hello", "role": "viewer", "key": "wrong"}), "is not valid here"),
        ("nonsense", "Expected a hello"),
        (json.dumps({"type": "hello", "role": "viewer", "extra": 1}), "Expected a hello"),
        (json.dumps({"type": "hello", "role": "source", "key": "right", "session": "../.."}), "Expected a hello"),
        (b"bytes", "as text"),
    ],
)
async def test_an_invalid_hello_gets_a_message(first: str | bytes, complaint: str) -> None:
    """A wrong key or an invalid first message gets a message and close code 1008."""
    async with serve_rooms(HostedRooms(key="right")) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        await socket.send(first)
        answer = await receive(socket)
        assert answer["type"] == "error"
        assert complaint in answer["message"]
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


async def test_pages_of_other_sites_are_refused() -> None:
    """A socket of another site's page is closed; our own page is accepted."""
    async with serve_rooms(HostedRooms()) as port:
        address = f"ws://127.0.0.1:{port}/ws/main"
        for elsewhere in ("http://elsewhere.example", "null", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port}0"):
            with pytest.raises(InvalidStatus, match="403"):
                async with connect(address, origin=elsewhere):  # type: ignore[arg-type]
                    pass
        async with connect(address, origin=f"http://127.0.0.1:{port}") as socket:  # type: ignore[arg-type]
            assert (await hello(socket))["type"] == "welcome"


async def test_an_unknown_room_is_an_error_with_its_code() -> None:
    """The code says that it is useless to wait."""
    async with serve_rooms(HostedRooms()) as port, connect(f"ws://127.0.0.1:{port}/ws/other") as socket:
        answer = await hello(socket, key=KEY)
        assert (answer["type"], answer["code"]) == ("error", "room")


async def test_sound_is_acknowledged_and_resumes_after_a_drop() -> None:
    """A source that reconnects and resends what was not acknowledged loses and repeats no sample."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port:
        address = f"ws://127.0.0.1:{port}/ws/main"
        async with connect(address) as socket:
            assert (await hello(socket, **SESSION))["next_sample"] == 0
            await socket.send(frame(0, 1600))
            assert (await receive(socket, "ack"))["next_sample"] == 1600
            socket.transport.abort()
        async with connect(address) as socket:
            assert (await hello(socket, **SESSION))["next_sample"] == 1600
            await socket.send(frame(800, 4000))
            assert (await receive(socket, "ack"))["next_sample"] == 4000
            await socket.send(json.dumps({"type": "end"}))
            with pytest.raises(ConnectionClosed):
                await receive(socket, "never")
    [source] = rooms.sources.values()
    heard = [(round(chunk.start_s * SAMPLE_RATE), chunk.samples) async for chunk in source.chunks()]
    assert np.array_equal(np.round(np.concatenate([samples for _, samples in heard]) * 32768), np.arange(4000))
    assert [first for first, _ in heard] == [0, 1600]


async def test_a_page_says_who_speaks() -> None:
    """The name in the hello holds until the page gives another; both are cleaned."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        await hello(socket, **SESSION, speaker=" Ada ")
        await socket.send(frame(0, 16_000))
        await socket.send(json.dumps({"type": "speaker", "speaker": "Grace: yes"}))
        await socket.send(frame(16_000, 32_000))
        assert (await receive(socket, "ack"))["next_sample"] == 16_000
        assert (await receive(socket, "ack"))["next_sample"] == 32_000
        [source] = rooms.sources.values()
        assert (source.speaker.label(0.2, 0.9), source.speaker.label(1.2, 1.9)) == ("Ada", "Grace yes")
        await socket.send(json.dumps({"type": "speaker", "speaker": "A" * 41}))
        assert "a speaker or an end message" in (await receive(socket, "error"))["message"]


@pytest.mark.parametrize("nonsense", [b"short", (10**15).to_bytes(8, "little") + b"ab", b"12345678abc"])
async def test_invalid_sound_is_refused(nonsense: bytes) -> None:
    """An invalid frame closes the connection with a message."""
    async with serve_rooms(HostedRooms()) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        await hello(socket, **SESSION)
        await socket.send(nonsense)
        assert "Expected" in (await receive(socket, "error"))["message"]


async def test_a_full_machine_rejects_a_source_with_a_retry_time() -> None:
    """The source gets a message, the seconds to wait and code 1013; viewers are not affected."""
    rooms = HostedRooms()
    rooms.is_full = True
    async with serve_rooms(rooms) as port:
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            await socket.send(json.dumps({"type": "hello", **SESSION, "label": "browser"}))
            answer = await receive(socket, "error")
            assert (answer["code"], answer["retry_after_s"]) == ("busy", 60.0)
            assert "Try again in 60 s" in answer["message"]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            assert (await hello(socket))["type"] == "welcome"


async def test_visibility_reaches_readers_at_once() -> None:
    """Hiding, pausing and a notice are in the next state message."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        assert not (await hello(socket))["state"]["showing"]["is_hidden"]
        rooms.main.set_visibility(Visibility(is_hidden=True, notice="Short break"))
        async with asyncio.timeout(0.9):
            showing = (await receive(socket, "state"))["state"]["showing"]
        assert (showing["is_hidden"], showing["notice"]) == (True, "Short break")


async def test_sound_for_a_session_that_has_ended_is_refused() -> None:
    """A page whose session the service has ended gets an error instead of acknowledgements."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        await socket.send(json.dumps({"type": "hello", **SESSION}))
        await receive(socket, "welcome")
        [source] = rooms.sources.values()
        source.close()
        await socket.send(frame(0, 1600))
        assert "this one has ended" in (await receive(socket, "error"))["message"]


@pytest.mark.parametrize("last", [b"short", json.dumps({"type": "chatter"})])
async def test_a_source_with_an_invalid_message_keeps_what_it_sent(last: str | bytes) -> None:
    """The socket is closed with 1008, and the sound before stays acknowledged."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port:
        address = f"ws://127.0.0.1:{port}/ws/main"
        async with connect(address) as socket:
            await hello(socket, **SESSION)
            await socket.send(frame(0, 1600))
            await receive(socket, "ack")
            await socket.send(last)
            assert "Expected" in (await receive(socket, "error"))["message"]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        async with connect(address) as socket:
            assert (await hello(socket, **SESSION))["next_sample"] == 1600
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_a_session_ends_with_its_key() -> None:
    """When a key is renewed, its speaking page is disconnected and its session ends, so that nobody can continue it."""
    rooms = HostedRooms(key="right")
    key, secret = await rooms.keyring.create_key("main", "source")
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        assert (await hello(socket, **{**SESSION, "key": secret}))["type"] == "welcome"
        [source] = rooms.sources.values()
        await rooms.keyring.rotate(key.id, key)
        assert (await receive(socket))["code"] == "access"
        assert source.is_closed
