"""The connection to OBS Studio: obs-websocket 5 through simpleobsws.

simpleobsws does not notice that OBS closes the connection while an answer is awaited, and does not reconnect. This
module notices it; its callers reconnect.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from app.errors import ObsError, ObsRefusedError, SettingsError
from app.redaction import redact_text

ANSWER_S = 5.0
"""OBS normally answers within a frame; without an answer for this long it hangs."""

READY_S = 20.0
"""How long OBS may load a scene collection, during which it refuses requests as not ready."""

NOT_READY_PAUSE_S = 0.25

CLOSE_S = 1.0
"""How long closing may take."""

NOT_READY = 207
WRONG_PASSWORD, WRONG_VERSION = 4009, 4010
"""Codes with which OBS closes the connection."""

Result = TypeVar("Result")


class ObsLink:
    """A connection to OBS Studio; see `connect`."""

    def __init__(self, client: Any, name: str) -> None:
        """Take a simpleobsws client that is about to identify itself to the OBS of this name."""
        self._client, self._name = client, name

    @property
    def is_lost(self) -> bool:
        """Whether the connection is closed."""
        return bool(self._client.recv_task.done())

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the connection is closed."""
        self._client.recv_task.add_done_callback(lambda _: callback())

    async def request(self, kind: str, **fields: object) -> Mapping[str, object]:
        """Return the answer to a request; waits for an OBS that loads its scenes.

        Raises:
            ObsRefusedError: OBS refuses the request.
            ObsError: OBS does not answer in time, closes the connection, or sends an invalid answer.
        """
        import simpleobsws

        deadline = asyncio.get_running_loop().time() + READY_S
        while True:
            try:
                # our own timeout is shorter
                answer = await self._await_answer(
                    self._client.call(simpleobsws.Request(kind, fields or None), timeout=ANSWER_S * 2)
                )
            except (KeyError, TypeError, AttributeError) as exc:
                raise ObsError(f"Expected an answer to {kind} from {self._name}, but got something else.") from exc
            status = answer.requestStatus
            if status.result:
                return answer.responseData or {}
            if status.code != NOT_READY or asyncio.get_running_loop().time() > deadline:
                comment = f": {redact_text(str(status.comment))}" if status.comment else "."
                raise ObsRefusedError(
                    f"{self._name} refused {kind} with status {status.code}{comment}", status=status.code
                )
            await asyncio.sleep(NOT_READY_PAUSE_S)

    async def version(self) -> str:
        """Return the version of OBS, as `OBS 30.2.0`."""
        return f"OBS {(await self.request('GetVersion')).get('obsVersion')}"

    async def identify(self) -> None:
        """Wait until OBS has accepted the password; raises SettingsError or ObsError."""
        await self._await_answer(self._client.wait_until_identified(ANSWER_S * 2))

    async def _await_answer(self, answer: Awaitable[Result]) -> Result:
        """Wait for an answer, at most until the connection is closed."""
        import simpleobsws

        receiving = self._client.recv_task
        try:
            async with asyncio.timeout(ANSWER_S) as limit:
                is_over = False

                def stop(_: object) -> None:
                    # it may be called after its removal, if receiving ended in the same turn of the loop
                    if not is_over and not limit.expired():
                        limit.reschedule(asyncio.get_running_loop().time())

                receiving.add_done_callback(stop)
                try:
                    return await answer
                finally:
                    is_over = True
                    receiving.remove_done_callback(stop)
        except TimeoutError:
            raise self._closed_error() if self.is_lost else ObsError(f"{self._name} does not answer.") from None
        except (simpleobsws.NotIdentifiedError, simpleobsws.websockets.exceptions.WebSocketException, OSError):
            raise self._closed_error() from None

    def _closed_error(self) -> ObsError | SettingsError:
        match self._client.ws.close_code:
            case code if code == WRONG_PASSWORD:
                return SettingsError(
                    f"{self._name} does not accept this password. In OBS, Tools > WebSocket Server Settings > "
                    "Show Connect Info shows the right one."
                )
            case code if code == WRONG_VERSION:
                return SettingsError(
                    f"Expected OBS 28 or newer, but {self._name} speaks another version of its protocol."
                )
        return ObsError(f"{self._name} closed the connection.")


@asynccontextmanager
async def connect(host: str, port: int, password: str) -> AsyncIterator[ObsLink]:
    """Connect to OBS Studio while the block lasts.

    Raises:
        SettingsError: The password is wrong, or the extra `obs` is not installed.
        ObsError: OBS does not answer there.
    """
    require_extra()
    import simpleobsws

    place = f"{f'[{host}]' if ':' in host else host}:{port}"
    client = simpleobsws.WebSocketClient(
        f"ws://{place}", password, simpleobsws.IdentificationParameters(eventSubscriptions=0)
    )
    try:
        async with asyncio.timeout(ANSWER_S):
            await client.connect()
    except simpleobsws.websockets.exceptions.WebSocketException:
        raise ObsError(
            f"What answers at {place} is not the WebSocket server of OBS. In OBS, Tools > WebSocket Server Settings "
            "shows its port."
        ) from None
    # ValueError: the host is not a valid name, as `a..b`; ImportError: a SOCKS proxy is set, and its library is missing
    except (OSError, TimeoutError, ValueError, ImportError):
        raise ObsError(
            f"OBS does not answer at {place}. Start it; if it runs, tick Tools > WebSocket Server Settings > Enable "
            "WebSocket server, and check the port there."
        ) from None
    link = ObsLink(client, f"OBS at {place}")
    try:
        await link.identify()
        yield link
    finally:
        await _close(client)


async def _close(client: Any) -> None:
    """Close a connection quickly, in any state."""
    receiving = client.recv_task
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_S):
            await client.disconnect()
    if client.ws is not None:
        client.ws.transport.abort()
    await asyncio.wait([receiving])
    if not receiving.cancelled():
        receiving.exception()  # OBS sent an invalid message; the lost connection was already reported


def require_extra() -> None:
    """Raise SettingsError if the extra `obs` is not installed."""
    try:
        import simpleobsws  # noqa: F401
    except ImportError as exc:
        raise SettingsError("OBS needs one more package. Install it with: pip install 'surtitle[obs]'") from exc
