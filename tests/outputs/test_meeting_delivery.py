"""No caption is shown twice, and none shows its address."""

import asyncio
import logging

import httpx2
import pytest
import structlog

from tests.fakes.meeting_server import ADDRESSES, SECRET, Fault, Vendor
from tests.support.meeting_room import OUTPUTS, Meeting, on_fast_clock, wait_until

VENDORS: list[Vendor] = ["zoom", "teams", "youtube"]


class Nowhere(httpx2.AsyncBaseTransport):
    """A network without any server."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Fail as the HTTP client does, with the address in the error."""
        raise httpx2.ConnectError(f"No route to {request.url}", request=request)


@pytest.mark.parametrize("vendor", ["zoom", "youtube"])
@pytest.mark.parametrize("fault", ["hangs_before", "resets_before", "500"])
@pytest.mark.parametrize("is_answered", [False, True], ids=["on its way", "unconfirmed"])
@on_fast_clock
async def test_an_erased_caption_is_not_sent_again(vendor: Vendor, fault: Fault, is_answered: bool) -> None:
    """A caption that may have arrived when the room erases it is not sent again; later captions arrive."""
    meeting = Meeting(vendor)
    is_faulty = False
    meeting.server.draw = lambda: fault if is_faulty else None
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.texts == ["One."])
        is_faulty = True
        n_requests = len(meeting.server.requests)
        meeting.say("Two.")
        await wait_until(lambda: len(meeting.server.requests) > n_requests)
        if is_answered:
            await wait_until(lambda: meeting.health.status == "retrying")
        await meeting.room.erase()
        is_faulty = False
        await asyncio.sleep(8)
        assert meeting.texts == ["One."]
        meeting.say("Three.")
        await wait_until(lambda: len(meeting.texts) > 1)
    assert meeting.texts == ["One.", "Three."]
    assert (meeting.health.n_sent, meeting.health.n_dropped) == (2, 0)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("status", [200, 302, 403, 503])
@on_fast_clock
async def test_the_address_appears_nowhere(
    vendor: Vendor, status: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """No log line of ours or of the HTTP client, and no health, contains the address or a caption."""
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
    meeting = Meeting(vendor)
    meeting.server.status, meeting.server.location = status, "https://example.com/elsewhere"
    with caplog.at_level(logging.DEBUG):
        for name in ("httpx2", "httpcore2", "asyncio"):
            caplog.set_level(logging.DEBUG, name)
        async with meeting.follow():
            meeting.say("Confidential.")
            await wait_until(lambda: meeting.health.n_sent + meeting.health.n_dropped == 1)
            meeting.server.draw = lambda: "resets_after"
            meeting.say("Confidential.")
            await wait_until(lambda: meeting.health.n_sent + meeting.health.n_dropped == 2)
    written = "\n".join(record.getMessage() + str(record.exc_text) for record in caplog.records)
    written += "".join(capsys.readouterr()) + "".join(map(str, meeting.healths))
    assert "send_request_headers" in written  # the HTTP client was heard
    for secret in (SECRET, ADDRESSES[vendor].partition("?")[2], "Confidential"):
        assert secret not in written
    assert all(request.target.startswith(("/closedcaption", "/cartcaption")) for request in meeting.server.requests)


@pytest.mark.parametrize("vendor", VENDORS)
@on_fast_clock
async def test_an_unreachable_server_is_reported(vendor: Vendor) -> None:
    """The health says that the server cannot be reached, without the address, and captions are dropped."""
    meeting = Meeting(vendor)
    health = meeting.healths
    output = OUTPUTS[vendor](ADDRESSES[vendor], on_health=health.append, transport=Nowhere, seed=1)
    task = asyncio.create_task(output.follow(meeting.room, after_seq=0))
    meeting.say("One.")
    await wait_until(lambda: bool(health) and health[-1].n_dropped == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert health[-1].status == "retrying"
    assert "cannot be reached. Check the network of this machine." in health[-1].message
