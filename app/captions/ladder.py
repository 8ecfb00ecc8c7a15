"""The ladder of better decodes that a rejected hypothesis climbs before its text is given up; pure.

Whisper itself decodes again at a higher temperature when a text repeats itself or its log-probability is low. Here the
cheaper reasons come first: a short encoder length makes loops more likely (whisper.cpp issue 1951), so the full window
is tried, then a beam. Source: openai/whisper `decode_with_fallback`, temperatures 0, 0.2, 0.4, ...
"""

from dataclasses import replace

from app.decode.request import DecodeRequest

BEAM_SIZE = 5
"""Hypotheses kept per step on the second step of the ladder; Whisper's own choice where time does not matter."""

TEMPERATURES = (0.2, 0.4)
"""The temperatures of the last steps. Whisper goes on to 1.0, where the text has little to do with the sound."""


def next_try(request: DecodeRequest, fault: str | None = None) -> DecodeRequest | None:
    """Return a better decode of a window whose hypothesis was rejected, None if `request` was the last one.

    Full window, then beam 5, then temperature 0.2, then 0.4. No try has the previous text, because it makes loops more
    likely; after the fault "prompt" it has no terms either. The language is not detected again: set it to that of
    the rejected result. A try is never a draft, and its words have times.
    """
    terms = () if fault == "prompt" else request.terms
    again = replace(request, previous="", terms=terms, detect=False, is_draft=False, timed=True, full_window=True)
    if not request.full_window:
        return again
    if request.temperature == 0.0 and request.beam_size < BEAM_SIZE:
        return replace(again, beam_size=BEAM_SIZE)
    hotter = next((temperature for temperature in TEMPERATURES if temperature > request.temperature), None)
    return None if hotter is None else replace(again, temperature=hotter, beam_size=1)
