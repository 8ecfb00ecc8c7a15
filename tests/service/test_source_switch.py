"""The switch of a source."""

import asyncio

from app.service.source_switch import SourceSwitch
from tests.support.waiting import wait_until


async def test_an_off_switch_waits_until_it_is_on() -> None:
    """The task that runs the source waits while the switch is off, and is called back before."""
    switch, stops = SourceSwitch(), list[str]()
    assert await switch.wait_until_on(lambda: stops.append("stopped"))
    switch.set(is_on=False)
    assert switch.was_off
    waiting = asyncio.ensure_future(switch.wait_until_on(lambda: stops.append("stopped")))
    await wait_until(lambda: stops == ["stopped"])
    assert not waiting.done()
    switch.set(is_on=True)
    assert await waiting
    assert not switch.was_off


async def test_a_closed_switch_stays_off() -> None:
    """After closing, the source may not run again, whatever is set."""
    switch = SourceSwitch()
    switch.close()
    switch.set(is_on=True)
    assert not await switch.wait_until_on(lambda: None)
    assert switch.was_off


async def test_a_pause_ends_when_the_switch_changes() -> None:
    """Waiting ends after its time, or at once when the operator acts."""
    switch = SourceSwitch()
    await switch.wait(0.001)
    waiting = asyncio.ensure_future(switch.wait(60))
    await asyncio.sleep(0)
    switch.set(is_on=False)
    await asyncio.wait_for(waiting, 5)
