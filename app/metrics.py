"""Every counter once, with its unit in its name."""

from prometheus_client import Counter, Gauge, Histogram

COALESCED = Counter("surtitle_coalesced_events_total", "Open phrases replaced unread in a reader's box", ["room"])
LAGGARDS = Counter("surtitle_laggard_readers_total", "Readers closed for leaving too many phrases unread", ["room"])
DROPPED_AUDIO = Counter("surtitle_dropped_audio_seconds_total", "Sound given up because a queue was full", ["where"])
SOURCE_RESTARTS = Counter("surtitle_source_restarts_total", "Times a source broke off and was opened again", ["room"])
DECODES = Histogram("surtitle_batch_seconds", "Time one batch took in the worker")
FAILED_DECODES = Counter("surtitle_failed_requests_total", "Requests whose batch failed")
WORKER_RESTARTS = Counter("surtitle_worker_restarts_total", "Times the decoding process died and was started again")
REJECTED = Counter("surtitle_rejected_hypotheses_total", "Hypotheses set aside before they were shown", ["reason"])
BATCH_ROWS = Histogram("surtitle_batch_rows", "Windows in one batch", buckets=(1, 2, 4, 8, 16, 32, 64, 128))
CADENCE = Gauge("surtitle_cadence_seconds", "New sound between two decodes of a running utterance")
REFUSED = Counter("surtitle_refused_sources_total", "Sources refused because the engine had no room for them")
