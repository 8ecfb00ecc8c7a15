"""Every failure of the connection to OBS is noticed and has a sentence."""

import asyncio
import sys
import time

import pytest

from app.errors import ObsError, SettingsError
from app.outputs.obs import ObsCaptions
from app.outputs.obs_link import connect
from app.outputs.settings import ObsOutput
from tests.fakes.obs_server import FakeObs, serve_obs


async def test_a_lost_connection_is_noticed_at_once() -> None:
    """A request that is under way when OBS closes the connection fails at once, not after its timeout."""
    obs = FakeObs(answer_s=3)
    async with serve_obs(obs), connect("127.0.0.1", obs.port, obs.password) as link:
        asking = asyncio.create_task(link.request("GetVersion"))
        await asyncio.sleep(0.1)
        began_s = time.monotonic()
        await obs.hang_up()
        with pytest.raises(ObsError, match="closed the connection"):
            await asking
        assert time.monotonic() - began_s < 2


async def test_another_program_on_the_port_is_not_obs() -> None:
    """A server with another protocol is reported as such."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ObsError, match="not the WebSocket server of OBS"):
            async with connect("127.0.0.1", server.sockets[0].getsockname()[1], ""):
                pass


@pytest.mark.parametrize("host", ["a..b", "a" * 64, "a:b:c"])
async def test_an_invalid_host_does_not_answer(host: str) -> None:
    """An invalid host name is reported as a host that does not answer."""
    with pytest.raises(ObsError, match="OBS does not answer at"):
        async with connect(host, 4455, ""):
            pass


async def test_the_missing_extra_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without simpleobsws neither a connection nor an output can be opened; the sentence says how to install it."""
    monkeypatch.setitem(sys.modules, "simpleobsws", None)
    with pytest.raises(SettingsError, match=r"pip install 'surtitle\[obs\]'"):
        ObsCaptions(ObsOutput("obs"), on_health=print)
    with pytest.raises(SettingsError, match=r"pip install 'surtitle\[obs\]'"):
        async with connect("127.0.0.1", 4455, ""):
            pass
