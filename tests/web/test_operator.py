"""The status of a room, as operators get it."""

from pathlib import PurePath

import httpx
from websockets.asyncio.client import connect

from app.captions.room_state import Alarm, OutputHealth, OutputState, SourceState
from app.web.operator import build_status
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.raw_peer import AUTHORIZED, KEY
from tests.support.waiting import wait_until
from tests.support.websocket_client import hello, receive


async def test_an_operator_gets_captions_and_status() -> None:
    """It gets captions like a viewer, and levels, alarms and readers when they change."""
    rooms = HostedRooms(key="right")
    rooms.say("1-0", "first", rev=2, final=True)
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        assert (await hello(socket, role="operator", key="right"))["type"] in ("status", "welcome")
        assert (await receive(socket, "snapshot"))["captions"][0]["committed"] == "first"
        rooms.main.set_alarms((Alarm("clipping", "mic", "Too loud."),))
        rooms.main.set_source(SourceState("mic", "listening", level_dbfs=-12.5, is_clipping=True))
        while not (status := (await receive(socket, "status"))["status"])["sources"]:
            continue
        assert (status["sources"][0]["level_dbfs"], status["sources"][0]["is_clipping"]) == (-12.5, True)
        assert status["alarms"] == [{"kind": "clipping", "subject": "mic", "message": "Too loud."}]
        assert (status["n_readers"], status["n_late"]) == (0, 0)


async def test_an_operator_sees_how_many_read_each_track() -> None:
    """A reader counts where its page says that it shows the track, and no longer once it shows another or leaves."""
    rooms = HostedRooms()

    def counts() -> dict[str | None, int]:
        return {one.track: one.n_readers for one in build_status(rooms.context, rooms.main).readers}

    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        await hello(socket, role="viewer", tracks=["en"])
        assert counts() == {"original": 0, "en": 1}
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as silent:
            await hello(silent, role="viewer")
            assert counts() == {"original": 0, "en": 1, None: 1}
        await socket.send('{"type": "tracks", "tracks": ["original", "en"]}')
        await wait_until(lambda: counts() == {"original": 1, "en": 1})
        await socket.send('{"type": "tracks", "tracks": ["tlh"]}')
        await wait_until(lambda: counts() == {"original": 0, "en": 0, None: 1})
        for _ in range(20):
            await socket.send('{"type": "tracks", "tracks": ["en"]}')
        assert "fewer changes" in (await receive(socket, "error"))["message"]
        await wait_until(lambda: counts() == {"original": 0, "en": 0})


async def test_only_operators_on_this_machine_see_whole_paths() -> None:
    """Others see the folder and the name of a file; a path of this machine may contain a person's name."""
    rooms = HostedRooms()
    path = str(PurePath("/home/ada/data/transcripts/main.live.srt"))
    rooms.main.set_outputs((OutputState("live.srt", "file", None, OutputHealth("working"), path),))
    for is_local, shown in ((True, path), (False, "transcripts/main.live.srt")):
        [output] = build_status(rooms.context, rooms.main, is_local=is_local).outputs
        assert output.path == shown
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        first = await hello(socket, role="operator", key=KEY)
        assert first["status"]["outputs"][0]["path"] == path


async def test_an_operator_may_enter_a_closed_room() -> None:
    """A viewer's key is refused as operator, and a viewer in a closed room."""
    rooms = HostedRooms(key="right")
    _, viewer = await rooms.keyring.create_key("main", "viewer", "")
    async with serve_rooms(rooms) as port:
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            assert (await hello(socket, role="operator", key=viewer))["code"] == "access"
        rooms.main.is_open = False
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            assert (await hello(socket, key="right"))["code"] == "room"
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            assert (await hello(socket, role="operator", key="right"))["type"] == "status"


async def test_an_operator_sees_what_was_refused() -> None:
    """Wrong keys are counted, with a reason for people."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        first = await hello(socket, role="operator", key="right")
        before = {refusal["reason"]: refusal["count"] for refusal in first["status"]["refusals"]}
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as other:
            assert (await hello(other, key="wrong"))["code"] == "access"
        while True:
            refusals = (await receive(socket, "status"))["status"]["refusals"]
            after = {refusal["reason"]: refusal for refusal in refusals}
            if "keys" in after and after["keys"]["count"] == before.get("keys", 0) + 1:
                assert after["keys"]["message"] == "links that are not valid"
                return


async def test_the_list_of_rooms_counts_readers() -> None:
    """Each room in the list has its state and the number of its readers."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        [empty] = (await client.get("/api/rooms", headers=AUTHORIZED)).json()
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            await hello(socket)
            await receive(socket, "snapshot")
            [read] = (await client.get("/api/rooms", headers=AUTHORIZED)).json()
    assert (empty["name"], empty["state"]["tracks"], empty["state"]["n_readers"]) == ("main", ["original", "en"], 0)
    assert read["state"]["n_readers"] == 1
