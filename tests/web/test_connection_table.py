"""Which connection makes way when there are too many."""

import random
import time
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from app.web.connection_table import ConnectionTable, OpenConnection


@dataclass
class Crowded:
    """A table of five connections, of which one network may have three; names are addresses and a number."""

    total: int = 5
    share: int = 3
    dropped: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the table."""
        self.table = ConnectionTable(
            self.total,
            lambda address: self.total if address.startswith("shared") else self.share,
            lambda address: address,
            self.reasons.append,
        )
        self.n_opened = 0

    def open(self, address: str) -> OpenConnection:
        """Open a connection of an address."""
        name = f"{address}{self.n_opened}"
        self.n_opened += 1
        return self.table.open(address, lambda: self.dropped.append(name))


def test_the_oldest_waiting_connection_of_a_network_makes_way() -> None:
    """A network with too many connections loses the one that has waited longest, and no other network loses any."""
    crowded = Crowded()
    crowded.open("b")
    for _ in range(5):
        crowded.open("a")
    assert crowded.dropped == ["a1", "a2"]
    assert crowded.reasons == ["strangers"] * 2
    assert len(crowded.table) == 4


def test_the_network_with_most_waiting_connections_makes_way() -> None:
    """When there are too many in total, the network with most waiting connections loses its oldest."""
    crowded = Crowded()
    for address in "aabbbc":
        crowded.open(address)
    assert crowded.dropped == ["b2"]
    assert crowded.reasons == ["sockets"]
    crowded.open("c")
    assert crowded.dropped[1] in ("a0", "b3", "c5")
    assert len(crowded.table) == 5


def test_a_connection_that_is_served_does_not_make_way() -> None:
    """Neither a request being served nor a reader makes way; without others the newest is dropped itself."""
    crowded = Crowded()
    served, reading, waiting = (crowded.open("a") for _ in range(3))
    served.set_waiting(is_waiting=False)
    with reading.kept():
        crowded.open("a")
        assert crowded.dropped == ["a2"]
        assert not waiting._is_open
        crowded.open("a")
        assert crowded.dropped == ["a2", "a3"]
        served.set_waiting(is_waiting=True)
        crowded.open("a")
        assert crowded.dropped == ["a2", "a3", "a4"]
        crowded.open("a")
        assert crowded.dropped == ["a2", "a3", "a4", "a0"]
    crowded.open("a")
    assert crowded.dropped[-1] == "a5"


def test_a_connection_counts_for_the_client_that_a_proxy_names() -> None:
    """Clients of a proxy count one by one, and one with too many loses its own connections."""
    crowded = Crowded(total=20)
    proxied = [crowded.open("proxy") for _ in range(2)]
    for connection in proxied:
        connection.move("client")
    for number in range(6):
        crowded.open("proxy").move("client" if number < 2 else f"other{number}")
    assert crowded.dropped == ["proxy0"]
    proxied[1].move("proxy")
    assert len(crowded.table) == 7


def test_a_shared_network_may_have_all_connections() -> None:
    """A network that many people share is limited only by the total."""
    crowded = Crowded()
    for _ in range(6):
        crowded.open("shared")
    assert crowded.dropped == ["shared0"]


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_counts_stay_right(seed: int) -> None:
    """After any connections, moves and departures there are never too many, and an empty table holds nothing."""
    chance = random.Random(seed)
    crowded = Crowded(total=12, share=5)
    connections: list[OpenConnection] = []
    for _ in range(120):
        one = chance.choice(connections) if connections else None
        match chance.randrange(6):
            case 0 | 1 | 2:
                connections.append(crowded.open(chance.choice("abcd")))
            case 3 if one:
                one.set_waiting(is_waiting=chance.random() < 0.5)
            case 4 if one:
                one.move(chance.choice("abcd"))
            case 5 if one:
                one.close()
        still_open = [connection for connection in connections if connection._is_open]
        assert len(crowded.table) == len(still_open) <= 12
        assert all(sum(one.network == network for one in still_open) <= 5 for network in "abcd")
        sizes = [len(waiting) for waiting in crowded.table._waiting.values()]
        assert crowded.table._largest == max(sizes, default=0)
    for connection in connections:
        connection.close()
    table = crowded.table
    assert (len(table), table._n_by_network, table._waiting, table._by_size, table._largest) == (0, {}, {}, {}, 0)


def test_a_flood_of_many_networks_costs_little() -> None:
    """Each connection takes the same short time when thousands of networks have one each."""
    crowded = Crowded(total=12_000)
    start_s = time.process_time()
    for number in range(40_000):
        crowded.open(f"network {number}")
    assert time.process_time() - start_s < 4
    assert len(crowded.dropped) == 28_000
