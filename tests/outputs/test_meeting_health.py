"""The health of a meeting output says what to do."""

import pytest

from app.captions.room_state import OutputHealth
from app.outputs.meeting_health import MeetingHealth
from app.outputs.meeting_http import HttpResult


@pytest.mark.parametrize(
    ("result", "status", "message"),
    [
        (HttpResult("accepted", 200), "working", ""),
        (HttpResult("unsent"), "retrying", "Zoom cannot be reached. Check the network of this machine. Trying again."),
        (HttpResult("unknown"), "retrying", "Zoom does not answer. Trying again."),
        (HttpResult("refused", 404), "retrying", "No meeting."),
        (
            HttpResult("refused", 403),
            "failed",
            "Zoom does not accept this address any more; copy a new one from the meeting.",
        ),
        (HttpResult("refused", 429), "retrying", "Zoom asks for fewer captions. Trying again."),
        (HttpResult("refused", 500), "retrying", "Zoom has an error (status 500). Trying again."),
        (HttpResult("refused", 302), "retrying", "Zoom answers with an unexpected status (302). Trying again."),
    ],
)
def test_each_result_has_a_message(result: HttpResult, status: str, message: str) -> None:
    """Each result of a request sets the status and the sentence for the operator."""
    reports: list[OutputHealth] = []
    MeetingHealth("Zoom", "No meeting.", reports.append).update(result)
    assert [(report.status, report.message) for report in reports] == [(status, message)]


def test_only_changes_are_reported() -> None:
    """The counts change with each caption, and the same health is not reported twice."""
    reports: list[OutputHealth] = []
    health = MeetingHealth("Zoom", "No meeting.", reports.append)
    health.update(HttpResult("accepted", 200))
    health.update(HttpResult("accepted", 200))
    health.add_dropped(0)
    health.add_sent()
    health.add_dropped(2)
    health.count_dropped_as_sent()
    assert [(report.n_sent, report.n_dropped) for report in reports] == [(0, 0), (1, 0), (1, 2), (2, 1)]
    assert health.current == reports[-1]
