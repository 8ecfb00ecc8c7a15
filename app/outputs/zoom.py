"""Captions into a Zoom meeting.

Source: support.zoom.com KB0060368, "Integrating a third-party closed captioning service". Zoom counts captions, and
tells the number of the last one it took.
"""

from app.outputs.language_tags import with_country
from app.outputs.meeting_addresses import Endpoint
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_http import HttpMessage
from app.outputs.meeting_queue import CaptionBlock, CaptionShape


class ZoomCaptions(MeetingCaptions):
    """Shows final phrases in Zoom, in one language for everybody.

    Two lines of 42 columns, no more than one block in 2.5 s while that is enough: Web Captioner sent so (two lines of
    32), and Zoom names no limits.
    """

    door = Endpoint(
        "Zoom",
        "*.zoom.us",
        "/closedcaption",
        (frozenset({"id", "ns", "expire", "signature"}),),
        "the meeting: Show Captions, Set up manual captioner, Copy the API token",
    )
    shape = CaptionShape(42, 2)
    gap_s = 2.5
    is_counted = True
    not_started = "The meeting has not started, or has ended. Captions are left out until it goes on."

    def message(self, block: CaptionBlock, number: int) -> HttpMessage:
        """Return the request that shows a block."""
        more = [f"seq={number}"]
        if not self._address.names("lang"):
            more.append(f"lang={_language(self._language or block.language)}")
        body = "\n".join(block.lines).encode("utf-8", "replace")
        return HttpMessage("POST", self._address.url(*more), body, "text/plain; charset=utf-8")

    def question(self) -> HttpMessage:
        """Return the request for the number of the last caption."""
        return HttpMessage("GET", self._address.url(below="/seq"))


def _language(tag: str) -> str:
    """Return a language as Zoom names it, with a country, and Japanese as its document does."""
    named = with_country(tag)
    return "jp-JP" if named == "ja-JP" else named
