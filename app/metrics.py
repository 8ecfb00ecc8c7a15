"""Every counter once, with its unit in its name."""

from prometheus_client import Counter, Gauge, Histogram

COALESCED = Counter("surtitle_coalesced_events_total", "Open phrases replaced unread in a reader's box", ["room"])
LAGGARDS = Counter("surtitle_laggard_readers_total", "Readers closed because they did not keep up", ["room"])
DROPPED_AUDIO = Counter("surtitle_dropped_audio_seconds_total", "Sound given up because a queue was full", ["where"])
SOURCE_RESTARTS = Counter("surtitle_source_restarts_total", "Times a source broke off and was opened again", ["room"])
DECODES = Histogram("surtitle_batch_seconds", "Time one batch took in the worker")
FAILED_DECODES = Counter("surtitle_failed_requests_total", "Requests whose batch failed")
WORKER_RESTARTS = Counter("surtitle_worker_restarts_total", "Times the decoding process died and was started again")
REJECTED = Counter("surtitle_rejected_hypotheses_total", "Hypotheses set aside before they were shown", ["reason"])
BATCH_ROWS = Histogram("surtitle_batch_rows", "Windows in one batch", buckets=(1, 2, 4, 8, 16, 32, 64, 128))
CADENCE = Gauge("surtitle_cadence_seconds", "New sound between two decodes of a running utterance")
REFUSED = Counter("surtitle_refused_sources_total", "Sources refused because the engine had no room for them")
STORE_FAILURES = Counter("surtitle_store_failures_total", "Writes that the disk refused")
STORE_COMMIT = Histogram(
    "surtitle_store_commit_seconds",
    "Time until written phrases are safe on the disk",
    buckets=(0.002, 0.01, 0.05, 0.2, 1, 5),
)
UNSAVED = Gauge("surtitle_unsaved_events", "Phrases shown that are not on the disk yet", ["room"])
UNSAVED_DROPPED = Counter("surtitle_unsaved_dropped_total", "Phrases never saved because the disk failed too long")
READERS = Gauge("surtitle_readers", "Viewers of a room now", ["room"])
CLOSED_SOCKETS = Counter("surtitle_closed_sockets_total", "Connections closed for what the client did", ["reason"])
LIMITED = Counter("surtitle_limited_total", "Connections and requests refused by a limit", ["limit"])
LOST_LINES = Counter("surtitle_lost_log_lines_total", "Log lines that standard error did not take")
WRONG_KEYS = Counter("surtitle_wrong_keys_total", "Keys that opened nothing")


def refusals() -> dict[str, int]:
    """Return how often something was refused since the process began, by limit; wrong keys and sources too."""
    found = {"keys": int(_value(WRONG_KEYS)), "sources": int(_value(REFUSED))}
    for sample in next(iter(LIMITED.collect())).samples:
        if sample.name.endswith("_total"):
            found[sample.labels["limit"]] = int(sample.value)
    return {name: count for name, count in found.items() if count}


def _value(counter: Counter) -> float:
    return next(sample.value for sample in next(iter(counter.collect())).samples if sample.name.endswith("_total"))
