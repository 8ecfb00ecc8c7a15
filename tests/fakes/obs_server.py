"""A fake OBS Studio that answers as the obs-websocket 5 protocol says, with faults.

It has what Debian's OBS lacks: a browser source and a virtual camera. It streams, and fails when a test wants it to.
"""

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgpack
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

HELLO, IDENTIFY, IDENTIFIED, REQUEST, RESPONSE = 0, 1, 2, 6, 7
SUCCESS, NOT_READY, RUNNING, NOT_RUNNING, NOT_FOUND, EXISTS, ABSENT, WRONG_KIND = 100, 207, 500, 501, 600, 601, 604, 605
UNKNOWN = 204


@dataclass(eq=False)
class FakeObs:
    """The state of the fake OBS, and the requests it received."""

    password: str = "a-password-for-this-test"
    kinds: tuple[str, ...] = ("color_source_v3", "browser_source", "text_ft2_source_v2")
    has_camera: bool = True
    is_streaming: bool = False
    scenes: dict[str, list[str]] = field(default_factory=lambda: {"Talk": []})
    inputs: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    transforms: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_camera_on: bool = False
    captions: list[tuple[float, str]] = field(default_factory=list)
    """When each arrived, and its text."""
    texts: list[str] = field(default_factory=list)
    """The texts of text sources, one after the other."""
    asked: list[str] = field(default_factory=list)
    n_connections: int = 0
    not_ready: int = 0
    """How many more requests get the answer that OBS is not ready."""
    answer_s: float = 0.0
    """Seconds until an answer is sent."""
    is_racing: bool = False
    """Whether a created item turns out to exist already, although the lists lacked it."""
    nonsense: list[Any] = field(default_factory=list)
    """Messages to send in place of answers."""
    port: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _open: set[ServerConnection] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The latest text of a text source, or `nothing yet`."""
        return self.texts[-1] if self.texts else "nothing yet"

    async def until(self, is_so: Callable[[], bool], limit_s: float = 15.0) -> None:
        """Wait until a request made this true."""
        async with asyncio.timeout(limit_s):
            while not is_so():
                self.changed.clear()
                await self.changed.wait()

    async def hang_up(self) -> None:
        """Drop all connections."""
        for connection in list(self._open):
            connection.transport.abort()

    async def talk(self, connection: ServerConnection) -> None:
        """Answer one client."""
        self.n_connections += 1
        self._open.add(connection)
        try:
            await self._talk(connection)
        except ConnectionClosed:
            pass
        finally:
            self._open.discard(connection)
            self.changed.set()

    async def _talk(self, connection: ServerConnection) -> None:
        assert connection.subprotocol == "obswebsocket.msgpack"
        hello: dict[str, Any] = {"obsWebSocketVersion": "5.5.0", "rpcVersion": 1}
        if self.password:
            hello["authentication"] = {"challenge": "a challenge", "salt": "some salt"}
        await _send(connection, HELLO, hello)
        identify = msgpack.unpackb(await connection.recv())
        assert identify["op"] == IDENTIFY
        proof = _digest(_digest(self.password + "some salt") + "a challenge")
        if self.password and identify["d"].get("authentication") != proof:
            await connection.close(4009, "Authentication failed.")
            return
        await _send(connection, IDENTIFIED, {"negotiatedRpcVersion": 1})
        async for message in connection:
            request = msgpack.unpackb(message)
            assert request["op"] == REQUEST
            kind, given = request["d"]["requestType"], request["d"].get("requestData") or {}
            self.asked.append(kind)
            await asyncio.sleep(self.answer_s)
            if self.nonsense:
                await connection.send(self.nonsense.pop(0))
                continue
            if self.not_ready:
                self.not_ready -= 1
                status, data = NOT_READY, None
            else:
                answer = getattr(self, f"_{kind}", None)
                status, data = (UNKNOWN, None) if answer is None else answer(**given)
            result = {"result": status == SUCCESS, "code": status}
            await _send(
                connection,
                RESPONSE,
                {
                    "requestType": kind,
                    "requestId": request["d"]["requestId"],
                    "requestStatus": result,
                    **({} if data is None else {"responseData": data}),
                },
            )
            self.changed.set()

    def _GetVersion(self) -> Any:
        return SUCCESS, {"obsVersion": "30.2.0", "obsWebSocketVersion": "5.5.0"}

    def _GetSceneList(self) -> Any:
        return SUCCESS, {"scenes": [{"sceneName": name} for name in self.scenes]}

    def _GetInputKindList(self) -> Any:
        return SUCCESS, {"inputKinds": list(self.kinds)}

    def _GetVideoSettings(self) -> Any:
        return SUCCESS, {"baseWidth": 1920, "baseHeight": 1080}

    def _GetInputList(self) -> Any:
        inputs = {} if self.is_racing else self.inputs
        return SUCCESS, {
            "inputs": [{"inputName": name, "inputKind": kind} for name, (kind, _) in inputs.items()],
        }

    def _GetInputDefaultSettings(self, inputKind: str) -> Any:
        return SUCCESS, {"defaultInputSettings": {"font": {"face": "Sans Serif", "size": 256, "flags": 0}}}

    def _CreateScene(self, sceneName: str) -> Any:
        if sceneName in self.scenes or sceneName in self.inputs:
            return EXISTS, None
        self.scenes[sceneName] = []
        return SUCCESS, {"sceneUuid": "1"}

    def _CreateInput(
        self,
        sceneName: str,
        inputName: str,
        inputKind: str,
        inputSettings: dict[str, Any],
        sceneItemEnabled: bool,
    ) -> Any:
        if inputName in self.inputs or inputName in self.scenes:
            self.is_racing = False
            return EXISTS, None
        if inputKind not in self.kinds:
            return WRONG_KIND, None
        self.inputs[inputName] = (inputKind, inputSettings)
        self.scenes[sceneName].append(inputName)
        return SUCCESS, {"inputUuid": "2", "sceneItemId": len(self.scenes[sceneName])}

    def _CreateSceneItem(self, sceneName: str, sourceName: str) -> Any:
        self.scenes[sceneName].append(sourceName)
        return SUCCESS, {"sceneItemId": len(self.scenes[sceneName])}

    def _GetSceneItemList(self, sceneName: str) -> Any:
        items = [{"sourceName": name, "sceneItemId": i} for i, name in enumerate(self.scenes[sceneName], 1)]
        return SUCCESS, {"sceneItems": items}

    def _SetSceneItemLocked(self, sceneName: str, sceneItemId: int, sceneItemLocked: bool) -> Any:
        return SUCCESS, None

    def _SetSceneItemTransform(self, sceneName: str, sceneItemId: int, sceneItemTransform: dict[str, Any]) -> Any:
        self.transforms[self.scenes[sceneName][sceneItemId - 1]] = sceneItemTransform
        return SUCCESS, None

    def _GetInputSettings(self, inputName: str) -> Any:
        kind, settings = self.inputs[inputName]
        return SUCCESS, {"inputKind": kind, "inputSettings": settings}

    def _SetInputSettings(self, inputName: str, inputSettings: dict[str, Any], overlay: bool) -> Any:
        if inputName not in self.inputs:
            return NOT_FOUND, None
        assert overlay
        self.inputs[inputName][1].update(inputSettings)
        if "text" in inputSettings:
            self.texts.append(inputSettings["text"])
        return SUCCESS, None

    def _GetVirtualCamStatus(self) -> Any:
        return (SUCCESS, {"outputActive": self.is_camera_on}) if self.has_camera else (ABSENT, None)

    def _StartVirtualCam(self) -> Any:
        if self.is_camera_on:
            return RUNNING, None
        self.is_camera_on = True
        return SUCCESS, None

    def _SendStreamCaption(self, captionText: str) -> Any:
        if not self.is_streaming:
            return NOT_RUNNING, None
        self.captions.append((time.monotonic(), captionText))
        return SUCCESS, None


@asynccontextmanager
async def serve_obs(obs: FakeObs) -> AsyncIterator[Server]:
    """Listen while the block lasts, on its port or, if that is 0, on any free one."""
    async with serve(
        obs.talk,
        "127.0.0.1",
        obs.port,
        subprotocols=["obswebsocket.json", "obswebsocket.msgpack"],  # type: ignore[list-item]
    ) as server:
        obs.port = next(iter(server.sockets)).getsockname()[1]
        yield server


async def _send(connection: ServerConnection, operation: int, data: dict[str, Any]) -> None:
    await connection.send(msgpack.packb({"op": operation, "d": data}))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
