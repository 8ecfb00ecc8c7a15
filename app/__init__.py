"""Surtitle: live subtitles on the organiser's own machine.

The packages in the order in which data passes them:

1. `audio`     sound in: sources, speech detection, the rolling buffer; `media` opens untrusted files and streams
2. `decode`    sound to hypotheses: models, Whisper in batches, the engine
3. `captions`  hypotheses to captions: filters, policy, phrases, rooms
4. `outputs`   captions to subtitle files, meetings and OBS Studio; `store` keeps them in a database
5. `web`       captions to people and programs: pages, sockets, the REST API

`service` builds these parts and restarts what fails. `cli` holds the commands. `bench` measures; `demo` holds the demo
model and its training.
"""

import os

__version__ = "0.1.0"

# ONNX Runtime's wheels send Microsoft an identifier of the device, its processor and the path of the program unless the
# first is set before they are loaded (Privacy.md in onnxruntime 1.31); the hub's library counts its uses unless the
# second is. The service sends data only where its operator says. Child processes inherit both.
for _name in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ[_name] = "1"
