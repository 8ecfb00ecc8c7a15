"""Captions into a YouTube live stream.

Source: support.google.com/youtube/answer/6077032, "Live Caption Vendor info". YouTube counts captions but does not tell
the last number; it places them by their time.
"""

from datetime import UTC, datetime

from app.outputs.meeting_addresses import Endpoint
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_http import HttpMessage
from app.outputs.meeting_queue import CaptionBlock, CaptionShape


class YouTubeCaptions(MeetingCaptions):
    """Shows final phrases in a YouTube stream, each at the moment its first word was spoken.

    Two lines of 40 columns, no more than one block a second while that is enough, as Web Captioner sent them. The
    language is chosen in YouTube Studio; `language` is taken as the others take it, and not sent.
    """

    door = Endpoint(
        "YouTube",
        "upload.youtube.com",
        "/closedcaption",
        (frozenset({"cid"}), frozenset({"id", "ns", "sparams", "expire", "signature", "key"})),
        "YouTube Studio: the stream's settings, Closed captions, Post captions to URL",
        frozenset({"http", "https"}),
    )
    shape = CaptionShape(40, 2)
    gap_s = 1.0
    is_counted = True
    not_started = "The stream has not started, or has ended. Captions are left out until it goes on."

    _placed = (-1, 0.0)
    """Number of the newest caption, and its time."""

    def message(self, block: CaptionBlock, number: int) -> HttpMessage:
        """Return the request that shows a block."""
        newest, placed_s = self._placed
        # where two people speak at once, the second began before the first was done; times must not go back
        said_s = block.said_s if newest < 0 else max(block.said_s, placed_s + (number != newest) / 1000)
        self._placed = (number, said_s)
        # only <br> means something there; a bracket in a caption must not begin another tag
        text = "<br>".join(line.replace("<", "‹") for line in block.lines)
        body = f"{_moment(said_s)} region:reg1#cue1\n{text}\n".encode("utf-8", "replace")
        return HttpMessage("POST", self._address.url(f"seq={number}"), body)


def _moment(at_s: float) -> str:
    """Return a time as YouTube reads it: UTC, to the millisecond, without a Z."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
