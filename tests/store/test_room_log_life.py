"""Compares app.store.room_log with a simple model, while the disk fails and the process crashes at random."""

import asyncio
import shutil
from collections.abc import Coroutine
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.captions.event import Event
from app.errors import StoreError
from app.store import room_log
from tests.support.store_run import HOUR_S, FailingConnection, ManualTime, StoreRun, copy_files, event
from tests.support.waiting import wait_until

Result = TypeVar("Result")


class Life(RuleBasedStateMachine):
    """Phrases are numbered words; the model knows which were published, when, and which were deleted."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(mkdtemp(prefix="surtitle-life-"))
        self.time = ManualTime()
        self.n_said = 0
        self.n_lives = 0
        self.is_dead = False
        self.refusing: FailingConnection | None = None
        self.meanings: dict[tuple[str, int], str] = {}
        """All that any viewer ever received, by epoch and number."""
        self.said_s: dict[str, float] = {}
        self.published: dict[int, str] = {}
        """What this run of the log published, or continued with, and has not deleted."""

    @initialize()
    def begin(self) -> None:
        """Open the first run."""
        self.open(self.folder / "0")

    @rule(n_events=st.integers(1, 5))
    def append(self, n_events: int) -> None:
        """Append phrases; most are published when the store has answered."""
        for _ in range(n_events):
            self.n_said += 1
            self.said_s[str(self.n_said)] = self.time.passed_s
            self.run(self.say(str(self.n_said)))

    @rule()
    def settle(self) -> None:
        """Let the store answer."""
        self.run(self.store.settle())

    @precondition(lambda self: not self.is_failing)
    @rule()
    def fail(self) -> None:
        """Make the disk fail."""
        if self.refusing is None:
            self.refusing = self.store.fail()
        self.refusing.is_failing = True

    @precondition(lambda self: self.is_failing)
    @rule()
    def recover(self) -> None:
        """Make the disk work again, and wait until the log notices."""
        self.heal()

    # no sum is within a minute of HOUR_S: a restart takes over the wall clock, which is some seconds off
    @rule(seconds=st.sampled_from([1.0, 700.0, 3100.0]))
    def wait(self, seconds: float) -> None:
        """Advance the time, and set the wall clock."""
        self.time.pass_s(seconds)
        self.time.wall_s += seconds % 7 - 3

    @rule()
    def expire(self) -> None:
        """Delete what has expired."""
        self.run(self.succeeds(self.log.expire()))
        self.published = {seq: text for seq, text in self.published.items() if not self.is_over(text)}

    @rule()
    def erase(self) -> None:
        """Delete everything; if the disk fails, memory is empty, but a restart would find the events."""
        self.run(self.store.settle())
        if self.run(self.succeeds(self.log.erase())):
            self.published = {}
        else:
            self.heal()
            self.run(self.log.erase())
            self.published = {}

    @rule()
    def close(self) -> None:
        """Close the store and open it again."""
        self.heal()
        self.run(self.log.expire())
        self.published = {seq: text for seq, text in self.published.items() if not self.is_over(text)}
        self.store.close()
        before, self.published = self.published, {}
        self.open(self.path)
        assert self.texts() == before
        self.published = before

    @rule(n_steps=st.integers(0, 8))
    def crash(self, n_steps: int) -> None:
        """Crash while phrases come, perhaps just as the disk works again; what viewers have must stay true."""
        if self.refusing is not None:
            self.refusing.is_failing = False
        for _ in range(n_steps):
            self.append(1)
            self.run(asyncio.sleep(0.001))
        path = copy_files(self.path, self.folder / str(self.n_lives))
        self.is_dead = True
        self.heal()
        self.store.close()
        before = self.published
        self.published = {}
        self.open(path)
        after = self.texts()
        for seq, text in before.items():
            if (self.log.epoch, seq) in self.meanings:
                assert after.get(seq) == text
        for seq, text in after.items():
            assert before.get(seq, text) == text
        self.published = after

    @invariant()
    def numbers_mean_one_thing(self) -> None:
        """The log contains what was published and not deleted, in order."""
        if self.is_failing or not self.n_lives:
            return
        self.run(self.store.settle())
        self.run(self.store.settle())
        held = self.texts()
        assert {seq: text for seq, text in held.items() if not self.is_over(text)} == {
            seq: text for seq, text in self.published.items() if not self.is_over(text)
        }

    def teardown(self) -> None:
        """Close the last run."""
        if self.n_lives:
            self.heal()
            self.store.close()
        self.loop.close()
        shutil.rmtree(self.folder)

    @property
    def is_failing(self) -> bool:
        """Whether the disk fails."""
        return self.refusing is not None and self.refusing.is_failing

    def is_over(self, text: str) -> bool:
        """Return whether a phrase has expired."""
        return self.said_s[text] < self.time.passed_s - HOUR_S

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run the loop until the work is done."""
        return self.loop.run_until_complete(work)

    def open(self, path: Path) -> None:
        """Open a run on files."""
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.n_lives += 1
        self.is_dead = False
        self.refusing = None
        self.store = StoreRun(path, self.time, retention_h=1.0)
        self.log = self.run(self.store.log())

    async def say(self, text: str) -> None:
        """Append a phrase."""
        self.log.append(event(text), self.on_logged)

    def on_logged(self, one: Event) -> None:
        """Compare an event with all that were published before."""
        assert one.seq is not None
        if self.is_dead:
            return
        assert self.meanings.setdefault((one.epoch, one.seq), one.committed) == one.committed
        assert one.seq > max(self.published, default=0)
        self.published[one.seq] = one.committed

    def heal(self) -> None:
        """Make the disk work, and wait until all is saved."""
        if self.refusing is not None:
            self.refusing.is_failing = False
        self.run(self.store.settle())
        self.run(wait_until(lambda: not self.log.problem))
        self.run(self.store.settle())

    def texts(self) -> dict[int, str]:
        """Return the texts in the log by number."""
        events = self.run(self.log.all_events())
        assert [one.seq for one in events] == sorted(one.seq or 0 for one in events)
        return {one.seq or 0: one.committed for one in events}

    async def succeeds(self, work: Coroutine[Any, Any, object]) -> bool:
        """Do work on the disk, and return whether it succeeded."""
        try:
            await work
        except StoreError:
            return False
        return True


def test_a_log_behaves_like_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log keeps what it published, and a number means one phrase, through failures, crashes, expiry and erasure."""
    monkeypatch.setattr(room_log, "RETRY_S", 0.003)
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=quiet, derandomize=True
        ),
    )
