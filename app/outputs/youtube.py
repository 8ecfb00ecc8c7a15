"""Captions in a YouTube live stream.

Source: support.google.com/youtube/answer/6077032, "Live Caption Vendor info". YouTube numbers captions but does not
report the last number; it places them by their time.
"""

from datetime import UTC, datetime

from app.outputs.meeting_address import Endpoint
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_http import HttpRequest
from app.outputs.meeting_queue import CaptionBlock, CaptionShape


class YouTubeCaptions(MeetingCaptions):
    """Shows final phrases in a YouTube stream, each at the moment its first word was spoken.

    Two lines of 40 columns, and at most one block a second if that is fast enough, like Web Captioner. The
    language is chosen in YouTube Studio; `language` is accepted, as for the other programs, but not sent.
    """

    endpoint = Endpoint(
        "YouTube",
        "upload.youtube.com",
        "/closedcaption",
        (frozenset({"cid"}), frozenset({"id", "ns", "sparams", "expire", "signature", "key"})),
        "YouTube Studio: the stream's settings, Closed captions, Post captions to URL",
        frozenset({"http", "https"}),
    )
    shape = CaptionShape(40, 2)
    gap_s = 1.0
    is_numbered = True
    not_started = "The stream has not started or has ended. No captions are sent until it starts."

    _newest = (-1, 0.0)
    """Number and time of the newest caption."""

    def caption_request(self, block: CaptionBlock, number: int) -> HttpRequest:
        """Return the request that shows a block."""
        newest, newest_s = self._newest
        # when two people speak at once, the second begins before the first has finished; times must not go back
        at_s = block.spoken_at_s if newest < 0 else max(block.spoken_at_s, newest_s + (number != newest) / 1000)
        self._newest = (number, at_s)
        # <br> is the only tag there; a bracket in a caption must not begin another one
        text = "<br>".join(line.replace("<", "‹") for line in block.lines)
        body = f"{_timestamp(at_s)} region:reg1#cue1\n{text}\n".encode("utf-8", "replace")
        return HttpRequest("POST", self._address.url(f"seq={number}"), body)


def _timestamp(at_s: float) -> str:
    """Return a time in YouTube's form: UTC, to the millisecond, without a Z."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
