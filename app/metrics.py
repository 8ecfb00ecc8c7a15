"""All metrics of the service; their names contain the unit."""

from dataclasses import dataclass

from prometheus_client import Counter, Gauge, Histogram

COALESCED = Counter("surtitle_coalesced_events_total", "Open phrases replaced before a viewer received them", ["room"])
LAGGARDS = Counter("surtitle_laggard_readers_total", "Viewers disconnected because they did not keep up", ["room"])
DROPPED_AUDIO = Counter("surtitle_dropped_audio_seconds_total", "Sound dropped because a queue was full", ["where"])
SOURCE_RESTARTS = Counter("surtitle_source_restarts_total", "Times a source stopped and was opened again", ["room"])
DECODES = Histogram("surtitle_batch_seconds", "Time one batch took in the worker")
FAILED_DECODES = Counter("surtitle_failed_requests_total", "Requests whose batch failed")
WORKER_RESTARTS = Counter("surtitle_worker_restarts_total", "Times the worker process died and was started again")
REJECTED = Counter("surtitle_rejected_hypotheses_total", "Hypotheses rejected before they were shown", ["reason"])
BATCH_ROWS = Histogram("surtitle_batch_rows", "Windows in one batch", buckets=(1, 2, 4, 8, 16, 32, 64, 128))
CADENCE = Gauge("surtitle_cadence_seconds", "New sound between two decodes of an utterance")
ENCODER_LENGTH = Gauge("surtitle_encoder_frames", "Shortest encoder window of live decodes, in frames of 20 ms")
STORE_FAILURES = Counter("surtitle_store_failures_total", "Writes to the database that failed")
STORE_COMMIT = Histogram(
    "surtitle_store_commit_seconds",
    "Time until written phrases are safe on the disk",
    buckets=(0.002, 0.01, 0.05, 0.2, 1, 5),
)
UNSAVED = Gauge("surtitle_unsaved_events", "Phrases shown that are not on the disk yet", ["room"])
UNSAVED_DROPPED = Counter("surtitle_unsaved_dropped_total", "Phrases never saved because the disk failed too long")
READERS = Gauge("surtitle_readers", "Viewers of a room now", ["room"])
CLOSED_SOCKETS = Counter(
    "surtitle_closed_sockets_total", "Connections closed because of what the client did", ["reason"]
)
LOST_LINES = Counter("surtitle_lost_log_lines_total", "Log lines that could not be written to standard error")

TRANSLATION_LAG = Gauge(
    "surtitle_translation_lag_seconds", "How long finished sentences waited for their translation lately"
)
TRANSLATION_FAULTS = Counter("surtitle_translation_faults_total", "Translations that were not believed", ["fault"])
DROPPED_PREVIEWS = Counter(
    "surtitle_dropped_previews_total", "Grey translations that were dropped because the machine was busy"
)


@dataclass(frozen=True, slots=True)
class BatchMetrics:
    """The metrics of one kind of worker."""

    seconds: Histogram
    rows: Histogram
    failed: Counter
    restarts: Counter


DECODE_BATCHES = BatchMetrics(DECODES, BATCH_ROWS, FAILED_DECODES, WORKER_RESTARTS)
TRANSLATION_BATCHES = BatchMetrics(
    Histogram("surtitle_translation_batch_seconds", "Time one batch of translations took in the worker"),
    Histogram(
        "surtitle_translation_batch_rows", "Sentences in one batch of translations", buckets=(1, 2, 4, 8, 16, 32, 64)
    ),
    Counter("surtitle_failed_translations_total", "Sentences whose batch failed, so that they stay as they are"),
    Counter("surtitle_translation_restarts_total", "Times the translation process died and was started again"),
)

_LIMITED = Counter("surtitle_limited_total", "Connections and requests refused by a limit", ["limit"])
_WRONG_KEYS = Counter("surtitle_wrong_keys_total", "Wrong keys")
_REFUSED_SOURCES = Counter("surtitle_refused_sources_total", "Sources refused because the engine was full")

WRONG_KEY = "keys"
"""Reason for a refusal: a wrong key."""

ENGINE_FULL = "sources"
"""Reason for a refusal: the engine has no capacity for another source."""


class RefusalCounts:
    """Counts refusals by reason, for the operator's page and for Prometheus."""

    def __init__(self) -> None:
        self._counts = {WRONG_KEY: 0, ENGINE_FULL: 0}

    def add(self, reason: str) -> None:
        """Count one refusal: WRONG_KEY, ENGINE_FULL, or the name of the limit."""
        self._counts[reason] = self._counts.get(reason, 0) + 1
        if reason == WRONG_KEY:
            _WRONG_KEYS.inc()
        elif reason == ENGINE_FULL:
            _REFUSED_SOURCES.inc()
        else:
            _LIMITED.labels(reason).inc()

    def by_reason(self) -> dict[str, int]:
        """Return the number of refusals by reason since the process started, if not 0."""
        return {reason: count for reason, count in self._counts.items() if count}


REFUSALS = RefusalCounts()
"""Of this process."""
