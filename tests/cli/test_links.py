"""The links that `surtitle serve` and the commands for keys print."""

import io
import re

import httpx
import pytest
from rich.console import Console

from app import config
from app.cli.links import print_links
from app.config import Settings
from app.decode.models import ModelChoice
from app.store.rooms import RoomSettings
from app.web.addresses import PageAddresses
from app.web.networks import list_addresses
from tests.support.program import run_surtitle, running_surtitle


def test_links_open_on_other_devices() -> None:
    """On all addresses the links begin with an address of the machine's networks, those of the commands too."""
    network = list_addresses()[0]
    with running_surtitle("serve", "--model", "demo", "--host", "0.0.0.0", "--port", "0", "--public") as service:
        short = service.wait_for(r"Read along on phones: +(http://\S+)$")
        service.wait_for(rf"Overlay for OBS and screens: +http://{network}:\d+/overlay/main#\S{{20}}")
        service.wait_for(r"Speak from a browser: +http://127\.0\.0\.1:\d+/microphone/main#\S{20}")
        address, key = service.wait_for(r"All links: +(http://\S+)").split("/#")
        here, _ = service.wait_for(r"All links, on this computer: +(http://127\.0\.0\.1:\d+/\S+)").split("/#")
        assert address == here.replace("127.0.0.1", network)
        assert re.fullmatch(rf"{address}/c/[A-Z0-9]{{6}}", short)
        assert httpx.get(f"{address}/api/rooms").status_code == 401
        room = httpx.get(
            f"{here}/api/rooms", headers={"Authorization": f"Bearer {key}", "Host": "evil.example"}
        ).json()[0]
        assert (room["address"], room["is_public"]) == (address, True)
        for typed in (short, short.lower()):
            assert httpx.get(typed).headers["location"] == "/v/main"
        for words, page in ((["room", "create", "hall"], "operator"), (["room", "key", "hall", "viewer"], "v")):
            printed = run_surtitle(*words, SURTITLE_AT=here, SURTITLE_KEY=key).stdout
            assert f" {address}/{page}/hall#" in printed


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (
            PageAddresses("127.0.0.1", 8000),
            ["Read along on phones: +http://127.0.0.1:8000/v/main$", "^Only this computer can open these links"],
        ),
        (
            PageAddresses("127.0.0.1", 8000, public_url="https://subtitles.example.org/"),
            [
                r"Read along on phones: +https://subtitles\.example\.org/v/main#viewer$",
                r"Speak from a browser: +https://subtitles\.example\.org/microphone/main#source$",
                r"All links, on this computer: +http://127\.0\.0\.1:8000/#admin$",
            ],
        ),
        (PageAddresses("0.0.0.0", list_networks=list), ["^This computer is not connected to a network"]),
    ],
    ids=["this computer", "behind a proxy", "no network"],
)
async def test_links_say_where_they_open(addresses: PageAddresses, expected: list[str]) -> None:
    """On a loopback address one sentence says how to let phones in; with a public URL links begin with it."""
    said = io.StringIO()
    settings = config.read(host=addresses.host, public_url=addresses.public_url)
    await print_links(Console(file=said, width=200), _PrintedService(settings), addresses)  # type: ignore[arg-type]  # a fake
    for one in expected:
        assert re.search(one, said.getvalue(), re.MULTILINE), said.getvalue()


class _PrintedService:
    """What is printed of a service; its keys are called as their roles."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.model = ModelChoice("demo", "", "cpu", "int8", 1)
        self.keyring = self

    def get_room_settings(self, name: str) -> RoomSettings:
        """Return the settings of a private room."""
        return RoomSettings()

    async def printed_key(self, room: str | None, role: str) -> str:
        """Return a key."""
        return role
