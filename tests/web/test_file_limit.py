"""The file limit: what connections may use of it, and a service that is flooded while it has few files."""

import json
import resource
import time

import pytest

from app.web.file_limit import fit_limits, raise_file_limit
from app.web.limits import LimitSettings
from tests.support.raw_peer import RawPeer, ServiceProcess, running_service

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

UNFINISHED = [
    b"",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ",
    b"POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
]
"""What the connections of a flood send: nothing, half a head, the beginning of a body."""


@pytest.mark.parametrize("n_files", [64, 256, 1024, 4096, 20_000, 1_000_000])
def test_connections_leave_files_for_everything_else(n_files: int) -> None:
    """Readers, spare and what is kept fit in the file limit; one address has at most 30 % of the connections."""
    limits = fit_limits(LimitSettings(), n_files)
    n_connections = limits.total
    if n_files >= 256:
        assert n_connections <= n_files - 64
        assert limits.address + limits.spare <= 0.3 * n_connections + 1
    assert limits.descriptors is not None
    assert limits.descriptors <= n_files - 32
    assert min(limits.sockets, limits.spare, limits.address) >= 12
    assert (limits.sockets, limits.spare, limits.address) <= (12_000, 500, 3_250)


def test_systems_without_a_file_limit_have_the_usual_limits() -> None:
    """Where nothing limits the number of files, the limits stay as they are; one address has 30 %."""
    limits = LimitSettings()
    assert fit_limits(limits, None) == limits
    assert limits.address + limits.spare == 0.3 * (limits.total)


def test_macos_names_a_limit_that_it_does_not_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of "unlimited", the most that its kernel allows is taken, instead of the 256 of a terminal."""
    set_to: list[tuple[int, int]] = []

    def setrlimit(kind: int, limits: tuple[int, int]) -> None:
        if not 0 <= limits[0] <= 10_240:
            raise ValueError("current limit exceeds maximum limit")
        set_to.append(limits)

    monkeypatch.setattr(resource, "getrlimit", lambda kind: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    assert raise_file_limit() == 10_240
    assert set_to == [(10_240, resource.RLIM_INFINITY)]


def measure_delay(viewer: RawPeer) -> float:
    """Read what a viewer has got, up to now, and return how old the newest caption was when it arrived, in seconds."""
    asked_ns = time.monotonic_ns()
    for message in viewer.messages("caption"):
        said_ns = int(message["caption"]["committed"].split()[0].removeprefix("@"))
        if said_ns >= asked_ns:
            return (time.monotonic_ns() - said_ns) / 1e9
    raise AssertionError("the viewer was disconnected")


def ask_health(service: ServiceProcess, address: str = "") -> float:
    """Ask whether the service lives and return how long the answer takes, in seconds."""
    asked_s = time.monotonic()
    with RawPeer(service.port, address=address) as peer:
        assert b" 200 " in peer.send(HEALTH).answer()
    return time.monotonic() - asked_s


@pytest.mark.parametrize("n_files", [256, 1024])
def test_a_flood_of_connections_leaves_the_service_usable(n_files: int) -> None:
    """During 3,000 attempts from the address of its viewers, health answers and captions go on; files are left."""
    with running_service(n_files=n_files, say_s=0.05) as service:
        viewers = [service.viewer() for _ in range(20)]
        waits_s, files, flood = [], [], []
        for number in range(3000):
            flood.append(service.peer().send(UNFINISHED[number % 3]))
            if number % 100 == 99:
                waits_s.append(ask_health(service))
                files.append(service.n_files)
        for _ in range(10):
            for peer in flood[2::3]:
                peer.send(b" ")
            waits_s.append(ask_health(service))
            files.append(service.n_files)
        delays_s = [measure_delay(viewer) for viewer in viewers]
        print(json.dumps({"wait_s": max(waits_s), "files": max(files), "delay_s": max(delays_s)}))
        assert max(waits_s) < 1.0
        assert max(files) <= n_files - 32
        assert max(delays_s) < 1.0
