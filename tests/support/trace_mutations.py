"""Changes that another run of the same model would make to a trace."""

import random
from collections.abc import Callable
from dataclasses import replace

from app.bench.trace import TracedClip, TracedDecode
from app.decode.hypothesis import Hypothesis, Word

Mutation = Callable[[TracedClip, random.Random], TracedClip]

WordChange = Callable[[tuple[Word, ...]], tuple[Word, ...]]


def mutate(clip: TracedClip, seed: int) -> TracedClip:
    """Return the clip after one to three mutations that follow from the seed."""
    rng = random.Random(seed)
    for mutation in rng.sample(MUTATIONS, rng.randint(1, 3)):
        clip = mutation(clip, rng)
    return clip


def drop_decode(clip: TracedClip, rng: random.Random) -> TracedClip:
    """Leave out one decode, if others are left."""
    left_out = rng.randrange(len(clip.decodes))
    kept = tuple(decode for i, decode in enumerate(clip.decodes) if i != left_out)
    return replace(clip, decodes=kept) if len(kept) > 1 else clip


def jitter_times(clip: TracedClip, rng: random.Random) -> TracedClip:
    """Move the start and the end of each word by up to 0.2 s; words stay in order."""
    most_s = rng.choice((0.05, 0.1, 0.2))

    def move(decode: TracedDecode) -> TracedDecode:
        moved: list[Word] = []
        floor_s = decode.start_s
        for word in _words(decode):
            start_s = min(max(floor_s, word.start_s + rng.uniform(-most_s, most_s)), decode.end_s)
            floor_s = min(max(start_s, word.end_s + rng.uniform(-most_s, most_s)), decode.end_s)
            moved.append(replace(word, start_s=start_s, end_s=floor_s))
        return _with_words(decode, tuple(moved))

    return replace(clip, decodes=tuple(move(decode) for decode in clip.decodes))


def respell(clip: TracedClip, rng: random.Random) -> TracedClip:
    """Change the case of some words, and the punctuation after others."""

    def spell(text: str) -> str:
        draw = rng.random()
        if draw < 0.1:
            return text.lower()
        if draw < 0.2:
            return text.rstrip(".,!?") or text
        return text.rstrip(".,") + "," if draw < 0.25 else text

    def change(decode: TracedDecode) -> TracedDecode:
        return _with_words(decode, tuple(replace(word, text=spell(word.text)) for word in _words(decode)))

    return replace(clip, decodes=tuple(change(decode) for decode in clip.decodes))


def truncate_last(clip: TracedClip, rng: random.Random) -> TracedClip:
    """Leave out the end of the last decode, or all of it."""
    last = clip.decodes[-1]
    words = _words(last)
    kept = words[: rng.randint(0, max(0, len(words) - 1))]
    return replace(clip, decodes=(*clip.decodes[:-1], _with_words(last, kept)))


def lower_logprob(clip: TracedClip, rng: random.Random) -> TracedClip:
    """Make one decode less certain, down to -1.5."""
    place = rng.randrange(len(clip.decodes))
    decode = clip.decodes[place]
    unsure = replace(decode.hypothesis or Hypothesis(), avg_logprob=rng.uniform(-1.5, -0.5))
    changed = replace(decode, hypothesis=unsure)
    return replace(clip, decodes=(*clip.decodes[:place], changed, *clip.decodes[place + 1 :]))


def move_ticks(clip: TracedClip, rng: random.Random) -> TracedClip:
    """Decode at other moments, so that no window is one that was recorded."""
    return replace(clip, phase_s=rng.choice((0.2, 0.4, 0.6, 0.8)))


MUTATIONS: tuple[Mutation, ...] = (drop_decode, jitter_times, respell, truncate_last, lower_logprob, move_ticks)


def _words(decode: TracedDecode) -> tuple[Word, ...]:
    return decode.hypothesis.words if decode.hypothesis else ()


def _with_words(decode: TracedDecode, words: tuple[Word, ...]) -> TracedDecode:
    return replace(decode, hypothesis=replace(decode.hypothesis or Hypothesis(), words=words))
