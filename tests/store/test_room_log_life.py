"""A room's log against a simple model: whatever the disk does, and whenever the process dies."""

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
    """Phrases are numbered words; the model knows what was told, when, and what was forgotten on purpose."""

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
        """Whatever any reader was ever told, by epoch and number."""
        self.said_s: dict[str, float] = {}
        self.told: dict[int, str] = {}
        """What this life of the log has told, or taken over, and not forgotten on purpose."""

    @initialize()
    def begin(self) -> None:
        """Open the first life."""
        self.open(self.folder / "0")

    @rule(n_events=st.integers(1, 5))
    def append(self, n_events: int) -> None:
        """Say something; most of it is told when the store has answered."""
        for _ in range(n_events):
            self.n_said += 1
            self.said_s[str(self.n_said)] = self.time.passed_s
            self.run(self.say(str(self.n_said)))

    @rule()
    def settle(self) -> None:
        """Let the store answer."""
        self.run(self.shelf.settle())

    @precondition(lambda self: not self.is_failing)
    @rule()
    def fail(self) -> None:
        """Let the disk refuse from now on."""
        if self.refusing is None:
            self.refusing = self.shelf.fail()
        self.refusing.is_failing = True

    @precondition(lambda self: self.is_failing)
    @rule()
    def recover(self) -> None:
        """Let the disk work again, and the log notice."""
        self.heal()

    @rule(seconds=st.sampled_from([1.0, 600.0, 3000.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass, and some of it be set on the wall clock."""
        self.time.pass_s(seconds)
        self.time.wall_s += seconds % 7 - 3

    @rule()
    def expire(self) -> None:
        """Forget what is over."""
        self.run(self.refusable(self.log.expire()))
        self.told = {seq: text for seq, text in self.told.items() if not self.is_over(text)}

    @rule()
    def erase(self) -> None:
        """Forget everything; refused, all is forgotten here, but would be there after a restart."""
        self.run(self.shelf.settle())
        if self.run(self.refusable(self.log.erase())):
            self.told = {}
        else:
            self.heal()
            self.run(self.log.erase())
            self.told = {}

    @rule()
    def close(self) -> None:
        """Restart in an orderly way."""
        self.heal()
        self.run(self.log.expire())
        self.told = {seq: text for seq, text in self.told.items() if not self.is_over(text)}
        self.shelf.close()
        before, self.told = self.told, {}
        self.open(self.path)
        assert self.texts() == before
        self.told = before

    @rule(n_steps=st.integers(0, 8))
    def crash(self, n_steps: int) -> None:
        """Die while something is said, perhaps just as the disk works again; what a reader holds must still be so."""
        if self.refusing is not None:
            self.refusing.is_failing = False
        for _ in range(n_steps):
            self.append(1)
            self.run(asyncio.sleep(0.001))
        path = copy_files(self.path, self.folder / str(self.n_lives))
        self.is_dead = True
        self.heal()
        self.shelf.close()
        before = self.told
        self.told = {}
        self.open(path)
        after = self.texts()
        for seq, text in before.items():
            if (self.log.epoch, seq) in self.meanings:
                assert after.get(seq) == text
        for seq, text in after.items():
            assert before.get(seq, text) == text
        self.told = after

    @invariant()
    def numbers_mean_one_thing(self) -> None:
        """The log holds what was told and not forgotten, in order."""
        if self.is_failing or not self.n_lives:
            return
        self.run(self.shelf.settle())
        self.run(self.shelf.settle())
        held = self.texts()
        assert {seq: text for seq, text in held.items() if not self.is_over(text)} == {
            seq: text for seq, text in self.told.items() if not self.is_over(text)
        }

    def teardown(self) -> None:
        """End the last life."""
        if self.n_lives:
            self.heal()
            self.shelf.close()
        self.loop.close()
        shutil.rmtree(self.folder)

    @property
    def is_failing(self) -> bool:
        """Whether the disk refuses."""
        return self.refusing is not None and self.refusing.is_failing

    def is_over(self, text: str) -> bool:
        """Return whether a phrase is older than is kept."""
        return self.said_s[text] < self.time.passed_s - HOUR_S

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Let the loop run until something is done."""
        return self.loop.run_until_complete(work)

    def open(self, path: Path) -> None:
        """Begin a life on some files."""
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.n_lives += 1
        self.is_dead = False
        self.refusing = None
        self.shelf = StoreRun(path, self.time, retention_h=1.0)
        self.log = self.run(self.shelf.log())

    async def say(self, text: str) -> None:
        """Append a phrase."""
        self.log.append(event(text), self.tell)

    def tell(self, one: Event) -> None:
        """Hold what is told against all that ever was."""
        assert one.seq is not None
        if self.is_dead:
            return
        assert self.meanings.setdefault((one.epoch, one.seq), one.committed) == one.committed
        assert one.seq > max(self.told, default=0)
        self.told[one.seq] = one.committed

    def heal(self) -> None:
        """Let the disk work, and wait until all is saved."""
        if self.refusing is not None:
            self.refusing.is_failing = False
        self.run(self.shelf.settle())
        self.run(wait_until(lambda: not self.log.problem))
        self.run(self.shelf.settle())

    def texts(self) -> dict[int, str]:
        """Return what the log holds by number."""
        events = self.run(self.log.all_events())
        assert [one.seq for one in events] == sorted(one.seq or 0 for one in events)
        return {one.seq or 0: one.committed for one in events}

    async def refusable(self, work: Coroutine[Any, Any, object]) -> bool:
        """Do something that the disk may refuse, and return whether it did not."""
        try:
            await work
        except StoreError:
            return False
        return True


def test_a_log_lives_as_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through failures, crashes, expiry and erasure a log holds what was told, and a number means one phrase."""
    monkeypatch.setattr(room_log, "RETRY_S", 0.003)
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=quiet, derandomize=True
        ),
    )
