"""The watchdog, on a moved clock."""

from dataclasses import replace

import pytest

from app.captions.event import Event
from app.captions.room_state import Alarm, OutputHealth, OutputState, RoomState, SourceState, Visibility
from app.captions.watchdog import CHECK_S, Watchdog

WORD = Event("main", "", None, "1-0", 1, "mic", "original", "open", "en", 0.0, 1.0, "", "word")


def look(
    watchdog: Watchdog, source: SourceState, *, until_s: float, since_s: float = 0.0, showing: Visibility | None = None
) -> tuple[Alarm, ...]:
    """Look again and again at the same source; return the last alarms."""
    state = RoomState("main", "demo", ("original",), (source,), showing=showing or Visibility())
    alarms: tuple[Alarm, ...] = ()
    for step in range(round((until_s - since_s) / CHECK_S) + 1):
        alarms = watchdog.check(state, "", since_s + step * CHECK_S)
    return alarms


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        (SourceState("mic", "listening", level_dbfs=-20), []),
        (SourceState("mic", "starting"), []),
        (SourceState("mic", "ended"), []),
        (SourceState("mic", "stopped", "Stopped at the console."), []),
        (SourceState("mic", "waiting", "No sound is arriving."), ["no_sound"]),
        (SourceState("mic", "retrying", "It was unplugged."), ["no_sound"]),
        (SourceState("mic", "failed", "There is no such file."), ["no_sound"]),
        (SourceState("mic", "listening", is_dead=True), ["no_sound"]),
        (SourceState("mic", "listening", is_clipping=True, is_dead=False), ["clipping"]),
        (SourceState("mic", "listening", is_speech=True, is_quiet=True), ["quiet"]),
        (SourceState("mic", "listening", is_quiet=True), []),
        (SourceState("mic", "listening", behind_s=6.0), ["behind"]),
    ],
)
def test_each_fault_of_a_source_is_an_alarm_at_the_first_look(source: SourceState, kinds: list[str]) -> None:
    """The alarm names the source and has a sentence."""
    alarms = look(Watchdog(), source, until_s=0.0)
    assert [alarm.kind for alarm in alarms] == kinds
    assert all(alarm.subject == "mic" and alarm.message.endswith(".") for alarm in alarms)


def test_speech_without_text_is_an_alarm_within_five_seconds() -> None:
    """Not before four, and it goes away with the first word."""
    watchdog, speaking = Watchdog(), SourceState("mic", "listening", is_speech=True)
    assert look(watchdog, speaking, until_s=3.5) == ()
    assert [alarm.kind for alarm in look(watchdog, speaking, since_s=4.0, until_s=4.5)] == ["no_text"]
    watchdog.on_event(WORD)
    assert look(watchdog, speaking, since_s=5.0, until_s=8.0) == ()


def test_the_alarm_for_quiet_speech_stays_in_a_short_pause() -> None:
    """It goes when nobody speaks for some seconds, and at once when the speech is loud enough or the room is paused."""
    quiet = SourceState("mic", "listening", is_speech=True, is_quiet=True)
    watchdog = Watchdog()
    assert [alarm.kind for alarm in look(watchdog, quiet, until_s=1.0)] == ["quiet"]
    assert [alarm.kind for alarm in look(watchdog, replace(quiet, is_speech=False), since_s=1.5, until_s=5.5)] == [
        "quiet"
    ]
    assert look(watchdog, replace(quiet, is_speech=False), since_s=6.0, until_s=6.0) == ()
    look(watchdog, quiet, since_s=6.5, until_s=7.0)
    assert look(watchdog, replace(quiet, is_quiet=False), since_s=7.5, until_s=7.5) == ()
    assert look(Watchdog(), quiet, until_s=3.0, showing=Visibility(is_paused=True)) == ()


def test_words_of_another_source_do_not_count() -> None:
    """Each source is watched alone, and an emptied phrase is no text."""
    watchdog, speaking = Watchdog(), SourceState("stage", "listening", is_speech=True)
    look(watchdog, speaking, until_s=3.0)
    watchdog.on_event(WORD)
    assert [alarm.subject for alarm in look(watchdog, speaking, since_s=3.5, until_s=4.5)] == ["stage"]


def test_a_pause_is_no_fault() -> None:
    """While the room is paused, speech without text is no alarm."""
    speaking = SourceState("mic", "listening", is_speech=True)
    assert look(Watchdog(), speaking, until_s=20.0, showing=Visibility(is_paused=True)) == ()


def test_outputs_and_the_log_are_watched() -> None:
    """An output that has failed or goes on to retry, and captions that are not saved, are alarms."""
    outputs = tuple(
        OutputState(status, "zoom", None, OutputHealth(status, "A sentence."))
        for status in ("working", "retrying", "failed", "starting")
    )
    state = RoomState("main", "demo", ("original",), outputs=outputs)
    watchdog = Watchdog()

    def subjects(now_s: float) -> list[tuple[str, str]]:
        return [(alarm.kind, alarm.subject) for alarm in watchdog.check(state, "Not saved.", now_s)]

    assert subjects(0.0) == [("store", "captions"), ("output", "failed")]
    assert subjects(1.5) == subjects(0.0)
    assert subjects(2.0) == [("store", "captions"), ("output", "retrying"), ("output", "failed")]
