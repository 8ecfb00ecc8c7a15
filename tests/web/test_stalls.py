"""Viewers that do not read, read slowly, or are gone."""

import asyncio
import json
import signal
import time
from contextlib import suppress

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.support.program import running_surtitle
from tests.support.raw_peer import CLOSE, PONG, TEXT, VIEWER, RawPeer, ServiceProcess, frame, running_service

N_READERS, N_DEAF, N_DRIPPING = 10, 50, 10

LAGGARDS = 'surtitle_laggard_readers_total{room="main"}'


@pytest.mark.timing
async def test_stalled_viewers_do_not_delay_others() -> None:
    """Other viewers get captions as fast as before; stalled and slow ones are closed within 45 s and counted."""
    with running_service(say_s=0.02, n_chars=3000) as service:
        n_files = service.n_files
        async with asyncio.TaskGroup() as group:
            lags_s: list[float] = []
            readers = [group.create_task(_read(service, lags_s)) for _ in range(N_READERS)]
            await asyncio.sleep(3)
            alone_s, lags_s[:] = _p99(lags_s), []
            deaf = [await asyncio.to_thread(service.peer, 4096) for _ in range(N_DEAF + N_DRIPPING)]
            for peer in deaf:
                await asyncio.to_thread(peer.shake)
                peer.send(frame(TEXT, VIEWER))
            start_s = time.monotonic()
            while service.n_files > n_files + N_READERS:
                assert time.monotonic() - start_s < 45
                for peer in deaf[:N_DRIPPING]:
                    peer.drip()
                await asyncio.sleep(0.2)
            beset_s = _p99(lags_s)
            for reader in readers:
                assert not reader.done()
                reader.cancel()
        assert beset_s < 1.5 * alone_s + 0.1, (alone_s, beset_s)
        assert service.count(LAGGARDS) == N_DEAF + N_DRIPPING


async def _read(service: ServiceProcess, lags_s: list[float]) -> None:
    async with connect(f"ws://127.0.0.1:{service.port}/ws/main", max_size=None) as socket:
        await socket.send(VIEWER.decode())
        await _listen(socket, lags_s)


async def _listen(socket: ClientConnection, lags_s: list[float]) -> None:
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "caption":
            told_ns = int(message["caption"]["committed"].split()[0].removeprefix("@"))
            lags_s.append((time.monotonic_ns() - told_ns) / 1e9)


def _p99(lags_s: list[float]) -> float:
    assert len(lags_s) > 100
    return sorted(lags_s)[len(lags_s) * 99 // 100]


def test_a_viewer_that_answers_no_ping_is_closed() -> None:
    """A viewer that reads but does not answer is closed after two pauses and counted; one that answers stays."""
    with running_service(constants={"app.web.server.PING_S": 0.5}) as service:
        n_files = service.n_files
        mute = [service.viewer() for _ in range(20)]
        answering = service.viewer()
        start_s = time.monotonic()
        frames = answering.frames()
        while time.monotonic() - start_s < 2:
            opcode, payload = next(frames)
            if opcode == 9:
                answering.send(frame(PONG, payload))
        assert all(peer.is_closed(0.1) for peer in mute)
        service.wait_for_files(n_files + 1, 1.0)
        assert service.count('surtitle_closed_sockets_total{reason="no answer to pings"}') == 20


def test_a_client_that_acknowledges_nothing_is_counted() -> None:
    """A client whose kernel acknowledges no data in time is dropped by ours, and counted."""
    constants = {"app.web.server.ACK_TIMEOUT_S": 1, "app.web.websocket.SEND_S": 60.0}
    with running_service(constants=constants, say_s=0.02, n_chars=300) as service:
        n_files = service.n_files
        for _ in range(5):
            service.peer(4096).shake().send(frame(TEXT, VIEWER))
        service.wait_for_files(n_files, 15.0)
        assert service.count('surtitle_closed_sockets_total{reason="silent"}') == 5


def test_a_stalled_viewer_that_leaves_is_not_counted() -> None:
    """A viewer that disconnects while it is behind is not counted as closed by the service."""
    with running_service(constants={"app.web.websocket.SEND_S": 0.5}, say_s=0.005, n_chars=4000) as service:
        n_files = service.n_files
        peer = service.peer(4096).shake().send(frame(TEXT, VIEWER))
        deadline_s = time.monotonic() + 0.4
        time.sleep(deadline_s - time.monotonic())
        peer.reset()
        service.wait_for_files(n_files, 5.0)
        time.sleep(0.6)
        assert service.count(LAGGARDS) == 0


def test_shutdown_asks_every_viewer_to_reconnect() -> None:
    """On SIGTERM each of 300 viewers gets 1012, stalled ones are dropped, and the process ends within 10 s."""
    with running_surtitle("serve", "--model", "demo", "--port", "0") as program:
        port = int(program.wait_for(r"All links: +http://127\.0\.0\.1:(\d+)/"))
        peers = [RawPeer(port).shake().send(frame(TEXT, VIEWER)) for _ in range(300)]
        for peer in peers:
            assert next(peer.messages("snapshot"))
        goodbye = [RawPeer(port).shake().send(frame(TEXT, VIEWER)) for _ in range(20)]
        silent = [RawPeer(port) for _ in range(20)]
        program.process.send_signal(signal.SIGTERM)
        start_s = time.monotonic()
        for peer in goodbye:
            peer.send(frame(CLOSE, b"\x03\xe8"))
        codes = {peer.close_code()[0] for peer in peers}
        with suppress(OSError):
            for peer in (*peers, *goodbye, *silent):
                peer.socket.close()
        program.process.wait(10)
        assert time.monotonic() - start_s < 10
        program.close()
    assert codes == {1012}
    assert not [line for line in program.said if "rror" in line or "Traceback" in line]
