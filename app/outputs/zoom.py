"""Captions in a Zoom meeting.

Source: support.zoom.com KB0060368, "Integrating a third-party closed captioning service". Zoom numbers captions and
reports the number of the last one that it accepted.
"""

from app.outputs.language_tags import with_country
from app.outputs.meeting_address import Endpoint
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_http import HttpRequest
from app.outputs.meeting_queue import CaptionBlock, CaptionShape


class ZoomCaptions(MeetingCaptions):
    """Shows final phrases in Zoom, in one language for everybody.

    Two lines of 42 columns, and at most one block in 2.5 s if that is fast enough, like Web Captioner (with two lines
    of 32). Zoom names no limits.
    """

    endpoint = Endpoint(
        "Zoom",
        "*.zoom.us",
        "/closedcaption",
        (frozenset({"id", "ns", "expire", "signature"}),),
        "the meeting: Show Captions, Set up manual captioner, Copy the API token",
    )
    shape = CaptionShape(42, 2)
    gap_s = 2.5
    is_numbered = True
    not_started = "The meeting has not started or has ended. No captions are sent until it starts."

    def caption_request(self, block: CaptionBlock, number: int) -> HttpRequest:
        """Return the request that shows a block."""
        parameters = [f"seq={number}"]
        if not self._address.has_parameter("lang"):
            parameters.append(f"lang={_language(self._language or block.language)}")
        body = "\n".join(block.lines).encode("utf-8", "replace")
        return HttpRequest("POST", self._address.url(*parameters), body, "text/plain; charset=utf-8")

    def number_request(self) -> HttpRequest:
        """Return the request for the number of the last caption."""
        return HttpRequest("GET", self._address.url(below="/seq"))


def _language(tag: str) -> str:
    """Return a language in Zoom's form: with a country, and Japanese as in its document."""
    named = with_country(tag)
    return "jp-JP" if named == "ja-JP" else named
