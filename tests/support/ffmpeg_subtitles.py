"""Reads subtitle files with FFmpeg, as many players do."""

from io import BytesIO

import av
from av.subtitles.subtitle import AssSubtitle


def read_with_ffmpeg(name: str, text: str) -> list[tuple[int, int, str]]:
    """Return start and length in milliseconds and the text of each cue as FFmpeg shows it."""
    if "-->" not in text:
        return []  # FFmpeg refuses a file without cues
    found = []
    with av.open(BytesIO(text.encode()), "r", format=name) as file:
        for packet in file.demux(file.streams.subtitles[0]):
            if packet.size:
                [shown] = packet.decode()
                assert isinstance(shown, AssSubtitle)
                found.append((packet.pts or 0, packet.duration or 0, shown.dialogue.decode()))
    return found
