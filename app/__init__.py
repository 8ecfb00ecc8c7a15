"""Surtitle: live subtitles on the organiser's own machine.

Read the folders as the data's way:

1. `audio`     sound in: sources, voice activity, the rolling buffer
2. `decode`    sound to hypotheses: models, Whisper in batches, the engine
3. `captions`  hypotheses to captions: filters, policy, phrases, rooms
4. `outputs`   captions out: subtitle files
5. `web`       captions to people: pages and sockets
6. `lab`       measuring, and the demo model's making

`service` builds and supervises it all, `cli` is the door.
"""

__version__ = "0.1.0"
