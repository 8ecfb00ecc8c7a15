"""Rooms that share one engine, and the switches that limit them."""

from app.bench.rooms_play import LimitedClient, disable_switches
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeNeed
from tests.fakes.decode_clients import FixedClient


def test_switches_of_the_profile_are_disabled() -> None:
    """Without batching a batch has one row, without lanes there is one, without slots none."""
    profile = DeviceProfile(lanes=2, threads=1)
    assert set(disable_switches(profile, frozenset({"batching"})).limits.rows.values()) == {1}
    assert disable_switches(profile, frozenset({"lanes"})).lanes == 1
    assert disable_switches(profile, frozenset({"slots"})).slots == 0
    assert disable_switches(profile, frozenset()) == profile


def test_switches_of_requests_are_disabled() -> None:
    """Without short windows, cache and alignment on demand, a request asks for the full window and for word times."""
    client = LimitedClient(FixedClient(DecodeNeed(2.0)), frozenset({"short", "cache", "align"}))
    need, request = client.need(), client.request()
    assert need is not None
    assert request is not None
    assert (need.full_window, request.full_window, request.feature_stream, request.timed) == (True, True, "", True)


def test_a_client_without_need_stays_without() -> None:
    """A client that needs no decode still needs none."""
    client = LimitedClient(FixedClient(None), frozenset({"short"}))
    assert (client.need(), client.request()) == (None, None)
