"""Limits on connections and rates: what exceeds them is refused with a message, and counted once."""

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import pytest

from app.errors import BusyError, SettingsError
from app.web.limits import ConnectionLimits, LimitSettings, client_network, is_within, parse_networks
from app.web.request_rates import BY_NETWORK, RequestKind
from app.web.token_bucket import BUCKETS_MAX
from tests.support.raw_peer import BINARY, KEY, SOURCE, TEXT, VIEWER, RawPeer, ServiceProcess, frame, running_service

Enter = Callable[[ServiceProcess], RawPeer]


def hello(role: str = "viewer", key: str = "", session: str = "") -> bytes:
    """Return the frame of a hello."""
    more = {"session": session or "0123456789ab"} if role == "source" else {}
    return frame(TEXT, json.dumps({"type": "hello", "role": role, "key": key, **more}).encode())


def silent(service: ServiceProcess) -> RawPeer:
    """Return a peer that has sent no hello."""
    return service.peer().shake()


def viewer(service: ServiceProcess) -> RawPeer:
    """Return a peer that has sent a viewer's hello."""
    return service.peer().shake().send(hello(key=KEY))


def speaker(service: ServiceProcess) -> RawPeer:
    """Return a peer that has sent a source's hello."""
    return service.peer().shake().send(hello("source", KEY))


def refusal(peer: RawPeer) -> tuple[str, float, int]:
    """Return the message, the seconds to wait and the close code."""
    message = next(peer.messages("error"))
    assert message["code"] == "busy"
    return message["message"], message["retry_after_s"], peer.close_code()[0]


def limited(what: str) -> str:
    """Return the name of a limit's counter."""
    return f'surtitle_limited_total{{limit="{what}"}}'


HEADER = f"Authorization: Bearer {KEY}\r\n"

LABELS = {"speakers": "key"}
"""Label of the counter, where it differs from the setting."""


@pytest.mark.parametrize(
    ("what", "enter", "sentence"),
    [
        ("sockets", viewer, "This service has reached its connection limit."),
        ("address", viewer, "Too many connections come from your address."),
        ("room", viewer, "This room has reached its connection limit."),
        ("key", viewer, "This link has reached its connection limit."),
        ("speakers", speaker, "This link has reached its connection limit."),
    ],
)
def test_one_too_many_is_refused(what: str, enter: Enter, sentence: str) -> None:
    """The fourth of three allowed gets a message and 1013 or 429; after one leaves, another is accepted."""
    with running_service(limits={what: 3}) as service:
        n_files, counter = service.n_files, limited(LABELS.get(what, what))
        inside = [enter(service) for _ in range(3)]
        for peer in inside:
            assert next(peer.messages("welcome"))
        message, retry_after_s, code = refusal(enter(service))
        assert message.startswith(sentence)
        assert (retry_after_s, code) == (15.0, 1013)
        assert service.get("/healthz").startswith(b"HTTP/1.1 200")
        assert service.count(counter) == 1
        if enter is viewer:
            answer = service.get("/api/rooms/main/events", HEADER)
            assert answer.startswith(b"HTTP/1.1 429")
            assert b"retry-after: 15\r\n" in answer.lower()
            assert sentence.encode() in answer
            assert service.count(counter) == 2
        service.leave()
        service.wait_for_files(n_files)
        peer = enter(service)
        assert next(peer.messages("welcome"))


MADE_WAY = 'surtitle_closed_sockets_total{reason="made way"}'


def test_connections_beyond_the_spare_make_way() -> None:
    """When there are too many even to refuse, the connection that has waited longest is closed for the newest."""
    with running_service(limits={"sockets": 3, "spare": 5}) as service:
        service.get("/metrics")
        idle = [service.peer() for _ in range(9)]
        assert idle[0].is_closed(1.0)
        assert not any(peer.is_closed(0.01) for peer in idle[1:])
        assert service.get("/healthz").startswith(b"HTTP/1.1 200")
        assert idle[1].is_closed(1.0)
        assert service.count(MADE_WAY) == service.count(limited("sockets")) == 2


def test_a_socket_without_a_hello_makes_way_with_a_message() -> None:
    """A WebSocket that makes way gets a retry time; one that has sent its hello does not make way."""
    with running_service(limits={"address": 1, "spare": 2}) as service:
        inside = service.viewer()
        waiting = silent(service)
        for _ in range(2):
            service.peer()
        message, retry_after_s, code = refusal(waiting)
        assert message.startswith("Too many connections come from your address at once.")
        assert (retry_after_s, code) == (15.0, 1013)
        assert not inside.is_closed(0.1)
        assert service.count(limited("strangers")) == 2  # the second for this request


def test_one_address_leaves_connections_for_others() -> None:
    """An address that opens all it can has 30 % of the connections; health answers there, and others can read."""
    limits = {"sockets": 44, "spare": 6, "address": 9}
    with running_service(limits=limits) as service:
        inside = [viewer(service) for _ in range(9)]
        crowd = [service.peer() for _ in range(80)]
        assert service.get("/healthz").startswith(b"HTTP/1.1 200")
        n_open = sum(not peer.is_closed(0.01) for peer in crowd)
        assert n_open <= 6
        for peer in inside:
            assert next(peer.messages("snapshot"))
        for _ in range(9):
            other = service.peer(address="127.0.0.2").shake().send(hello())
            assert next(other.messages("snapshot"))
        assert refusal(viewer(service))[2] == 1013


def test_a_declared_address_may_have_all_connections() -> None:
    """An address that the operator declares as shared has no limit of its own, for connections and for readers."""
    limits = ConnectionLimits(LimitSettings(sockets=20, spare=4, address=3, shared=parse_networks("192.0.2.0/24")))
    n_dropped = Counter[str]()
    with ExitStack() as readers:
        for address, n_accepted in (("192.0.2.7", 12), ("198.51.100.7", 3)):
            for _ in range(12):
                limits.connections.open(address, partial(n_dropped.update, [address]))
            for _ in range(n_accepted):
                readers.enter_context(limits.count_client(address, "main", None, speaks=False))
        with pytest.raises(BusyError, match="come from your address"):
            readers.enter_context(limits.count_client("198.51.100.7", "main", None, speaks=False))
    assert n_dropped == {"198.51.100.7": 5}


def test_clients_of_a_proxy_are_counted_one_by_one() -> None:
    """While a request through a trusted proxy is incomplete, it counts for the client that the proxy names."""
    begun = "POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {}\r\nContent-Length: 100\r\n\r\n"
    with running_service(limits={"sockets": 100, "spare": 4, "address": 2}) as service:
        others = [service.peer().send(begun.format(f"192.0.2.{number}").encode()) for number in range(9)]
        flood = [service.peer().send(begun.format("198.51.100.1").encode()) for _ in range(30)]
        assert service.get("/healthz").startswith(b"HTTP/1.1 200")
        assert sum(not peer.is_closed(0.05) for peer in flood) == 6
        assert not any(peer.is_closed(0.01) for peer in others)


def test_a_speaker_gets_in_where_readers_do_not() -> None:
    """Sources with a key are accepted behind an address, and in a service, that have all readers they may have."""
    limits = ConnectionLimits(LimitSettings(sockets=3, address=2))
    with ExitStack() as inside:
        for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
            inside.enter_context(limits.count_client(address, "main", "link", speaks=False))
        with pytest.raises(BusyError, match="connection limit"):
            inside.enter_context(limits.count_client("192.0.2.9", "main", "link", speaks=False))
        inside.enter_context(limits.count_client("192.0.2.7", "main", "microphone", speaks=True))


def test_guessing_is_limited_and_right_keys_work() -> None:
    """300 viewers connect from an address that also tries 200 wrong keys, of which the first 30 are checked."""
    with running_service(key=KEY) as service:
        codes = []
        for number in range(300):
            inside = viewer(service)
            assert next(inside.messages("welcome"))
            if number < 200:
                guess = service.peer().shake().send(hello(key=f"wrong{number}"))
                codes.append(next(guess.messages("error"))["code"])
        assert codes[:30] == ["access"] * 30
        assert codes[31:].count("busy") >= 168  # six a minute are checked again
        answer = service.get("/api/rooms", "Authorization: Bearer wrong\r\n")
        assert answer.startswith(b"HTTP/1.1 429")
        assert b"retry-after: 60\r\n" in answer.lower()
        assert service.get("/healthz").startswith(b"HTTP/1.1 200")
        wrong = int(service.get("/metrics", HEADER).partition(b"\nsurtitle_wrong_keys_total ")[2].split(b".")[0])
        assert wrong == 201


def test_wrong_keys_of_many_addresses_cost_little() -> None:
    """Guesses from always new addresses cost neither memory nor time."""
    limits = ConnectionLimits()
    start_s = time.process_time()
    for number in range(5 * BUCKETS_MAX):
        limits.count_wrong_key(f"2001:db8:{number >> 8:x}:{number & 255:x}::1")
    assert time.process_time() - start_s < 5
    assert len(limits._attempts) == BUCKETS_MAX


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv6_network_counts_as_one_client(address: str, network: str) -> None:
    """All addresses of an IPv6 /64 network count as one client."""
    assert client_network(address) == network


def sound(first_s: float, last_s: float) -> bytes:
    """Return the frame of a piece of silence."""
    first, last = round(first_s * 16_000), round(last_s * 16_000)
    return frame(BINARY, first.to_bytes(8, "little") + bytes(2 * (last - first)))


def test_sound_is_limited_to_real_time(service: ServiceProcess) -> None:
    """30 s that a page sends after it reconnects are accepted at once; a page that keeps sending faster is refused."""
    counter = limited("sound")
    n_before = service.count(counter)
    peer = service.peer().shake().send(frame(TEXT, SOURCE))
    assert next(peer.messages("welcome"))
    acks = peer.messages("ack")
    for first_s in range(0, 30, 5):
        peer.send(sound(first_s, first_s + 5))
        assert next(acks)["next_sample"] == (first_s + 5) * 16_000
    for tenth in range(300, 320):
        peer.send(sound(tenth / 10, (tenth + 1) / 10))
        assert next(acks)["next_sample"] == (tenth + 1) * 1600
    for first_s in range(32, 62, 5):
        peer.send(sound(first_s, first_s + 5))
    assert "faster than real time" in next(peer.messages("error"))["message"]
    assert peer.close_code()[0] == 1008
    assert service.count(counter) == n_before + 1


def test_a_refused_viewer_can_reconnect(service: ServiceProcess) -> None:
    """A refusal has no effect on the next connection."""
    assert service.peer().shake().send(frame(TEXT, b"nonsense")).close_code()[0] == 1008
    assert next(service.peer().shake().send(frame(TEXT, VIEWER)).messages("welcome"))


def still() -> float:
    """Return the time of a clock that stands still."""
    return 0.0


def n_taken(limits: ConnectionLimits, kind: RequestKind, key: str | None, address: str, **given: bool) -> int:
    """Return how many requests are accepted before one is refused."""
    for number in range(100_000):
        try:
            limits.take(kind, key, address, **given)
        except BusyError:
            return number
    raise AssertionError("nothing was refused")


@pytest.mark.parametrize("kind", list(BY_NETWORK))
def test_costly_requests_are_limited_by_network(kind: RequestKind) -> None:
    """One network can ask a number of times at once, whichever keys it uses; others are not affected."""
    now_s = 0.0
    limits = ConnectionLimits(LimitSettings(shared=parse_networks("198.51.100.0/24")), lambda: now_s)
    rate = BY_NETWORK[kind]
    assert n_taken(limits, kind, None, "192.0.2.7") == rate.burst
    with pytest.raises(BusyError, match=r"your address.*\. Try again in a moment\.") as refusal:
        limits.take(kind, "another", "192.0.2.7")
    assert refusal.value.retry_after_s == rate.retry_s
    limits.take(kind, None, "192.0.2.8")
    assert n_taken(limits, kind, None, "198.51.100.9") == 4 * rate.burst
    now_s = 10.0
    assert n_taken(limits, kind, None, "192.0.2.7") == 10 * rate.per_s


def test_a_hall_behind_one_address_stays_below_the_limits() -> None:
    """1,000 phones with one link behind one address reconnect three times at once and load two older pages each."""
    limits = ConnectionLimits(clock=still)
    for _ in range(1000):
        for kind in ("hello", "hello", "hello", "history", "history"):
            limits.take(kind, "link", "192.0.2.7")


def test_costly_requests_are_limited_by_key() -> None:
    """Four networks can use up a key's requests; then each other network has half of its own, and is not locked out."""
    limits = ConnectionLimits(clock=still)
    taken = [n_taken(limits, "export", "link", f"192.0.2.{number}") for number in range(10)]
    assert taken == [BY_NETWORK["export"].burst] * 4 + [BY_NETWORK["export"].burst / 2] * 6
    limits.take("export", "other", "192.0.2.99")
    limits = ConnectionLimits(clock=still)
    n_taken(limits, "export", "link", "192.0.2.1")
    limits.take("export", "link", "192.0.2.2")


def test_a_speaker_is_not_refused_for_the_audience_behind_its_address() -> None:
    """Readers who use up the limit of their network do not lock out sources and operators there, who have their own."""
    limits = ConnectionLimits(clock=still)
    n_taken(limits, "hello", "link", "192.0.2.7")
    limits.take("hello", "microphone", "192.0.2.7", speaks=True)
    assert n_taken(limits, "export", "console", "192.0.2.7", speaks=True) == BY_NETWORK["export"].burst


def test_networks_are_parsed() -> None:
    """Shared addresses are a list of addresses and networks; anything else is refused."""
    networks = parse_networks("192.0.2.7, 10.1.2.3/8,2001:db8::/48")
    assert all(is_within(inside, networks) for inside in ("192.0.2.7", "::ffff:10.9.9.9", "2001:db8:0:5::1"))
    assert not any(is_within(outside, networks) for outside in ("192.0.2.8", "2001:db8:1::1", "testclient", ""))
    assert parse_networks("") == ()
    with pytest.raises(SettingsError, match="Expected addresses and networks"):
        parse_networks("the hall")
