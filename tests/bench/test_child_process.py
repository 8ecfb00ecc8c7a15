"""Calls to a child process."""

import pytest

from app.bench.child_process import running
from app.errors import SettingsError

MODULE = "app.bench.viewers_host"


async def test_a_child_serves_calls() -> None:
    """A call returns the child's result; the child ends with the block."""
    async with running(MODULE) as child:
        opened = await child.call("open")
        assert opened["port"] > 0
        assert (await child.call("stop"))["n_published"] == 0


async def test_a_child_that_ends_is_a_sentence() -> None:
    """A child that fails during a call is an error that names the call."""
    async with running(MODULE) as child:
        with pytest.raises(SettingsError, match="ended during the call 'unknown'"):
            await child.call("unknown")
