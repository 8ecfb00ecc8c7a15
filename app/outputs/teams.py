"""Captions in a Microsoft Teams meeting.

Source: learn.microsoft.com, "Meeting apps API references", Send real-time captions API. Teams has no caption numbers.
"""

from app.outputs.language_tags import with_country
from app.outputs.meeting_address import Endpoint
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_http import HttpRequest
from app.outputs.meeting_queue import CaptionBlock, CaptionShape


class TeamsCaptions(MeetingCaptions):
    """Shows final phrases in Teams, in one language for everybody.

    A request is one line of captions and should have no more than 80 to 120 characters: 100, which are the two lines of
    50 that Teams shows. Captions have no number, so if a request is not answered, its caption may or may not be on the
    screen. It is not sent again and counts as dropped, so none is shown twice.
    """

    endpoint = Endpoint(
        "Teams",
        "api.captions.office.microsoft.com",
        "/cartcaption",
        (frozenset({"meetingid", "token"}),),
        "the meeting options: Provide CART Captions, Copy link",
    )
    shape = CaptionShape(100, 1)
    gap_s = 2.5
    is_numbered = False
    not_started = (
        "The meeting has not started or has ended, or nobody has turned on live captions. "
        "No captions are sent until then."
    )

    def caption_request(self, block: CaptionBlock, number: int) -> HttpRequest:
        """Return the request that shows a block."""
        parameters = []
        if not self._address.has_parameter("lang"):
            parameters.append(f"lang={with_country(self._language or block.language).lower()}")
        body = " ".join(block.lines).encode("utf-8", "replace")
        return HttpRequest("POST", self._address.url(*parameters), body, "text/plain; charset=utf-8")
