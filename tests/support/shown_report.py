"""What readers get of subtitles: fragments, how long a word is shown, what moves, and how late words are."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from tests.support.known_text import IS_WIDE, SENTENCE_END, TOKEN, KnownText, KnownWord, normal
from tests.support.shown_words import Frame, Record, ShownWord

MOVED_PX = 1.0

BRIEF_S = 0.97
"""One second, less two frames."""


@dataclass
class ShownReport:
    """Figures of one track of one recording; times are in seconds."""

    seconds: float = 0.0
    """How long something was shown."""

    fragment_s: float = 0.0
    fragments: list[tuple[float, str]] = field(default_factory=list)
    """When each began, and what was shown."""

    word_s: list[float] = field(default_factory=list)
    """How long each word was shown, from its first frame, grey or solid, to its last."""

    grey_s: list[float] = field(default_factory=list)
    """The same of words that were never solid."""

    solid_s: list[float] = field(default_factory=list)
    """How long each solid word was shown as one."""

    brief: list[tuple[float, str]] = field(default_factory=list)
    """When a solid word went that was shown as one for less than a second, and what it was."""

    moves: list[tuple[float, str]] = field(default_factory=list)
    """When a solid word moved, except up with its whole line, and what it was."""

    first_lag_s: list[float] = field(default_factory=list)
    """From the message that first had a word, grey or committed, until it was shown."""

    commit_lag_s: list[float] = field(default_factory=list)
    """From the message that first had a word committed until it was shown; 0 if it was shown before, in grey."""

    missing: list[str] = field(default_factory=list)
    """Committed words that were never shown."""

    bad_breaks: list[tuple[float, str]] = field(default_factory=list)
    """Solid lines with another one below that end with the head of a sentence or one of the given words."""

    n_lines: int = 0
    """Solid lines with another one below."""

    @property
    def fragment_share(self) -> float:
        """Share of the time with text in which it was a fragment."""
        return self.fragment_s / self.seconds if self.seconds else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def report(record: Record, track: str, *, lonely: frozenset[str] = frozenset()) -> ShownReport:
    """Measure a track; `lonely` are words that should not end a line.

    Text is a fragment while it has a "…" of the page's own, while words are missing between two neighbouring words, or
    while it begins within a sentence whose word before was never shown.
    """
    found, text = ShownReport(), KnownText()
    captions = [
        (at_s, caption)
        for at_s, message in record.messages
        for caption in ([message["caption"]] if message["type"] == "caption" else message.get("captions", []))
        if caption["track"] == track
    ]
    at = 0
    before: list[_Seen] = []
    for frame, end_s in _spans(record):
        while at < len(captions) and captions[at][0] <= frame.at_s:
            text.apply(*captions[at])
            at += 1
        words = [word for word in frame.boxes.get(track, ()) if word.text.strip()]
        known = text.words(frame.at_s)
        places = _places(known, words)
        now = [
            _Seen(word, None if place is None else known[place[0]], frame.at_s)
            for word, place in zip(words, places, strict=True)
        ]
        pairs = _pairs(before, now)
        _count_moves(found, frame.at_s, [(before[a], now[b]) for b, a in pairs.items()])
        _count_breaks(found, frame.at_s, words, lonely)
        for i, seen in enumerate(now):
            if i in pairs:
                seen.first_s, seen.solid_s = before[pairs[i]].first_s, before[pairs[i]].solid_s
            if seen.word.is_solid and seen.solid_s is None:
                seen.solid_s = frame.at_s
        for i in set(range(len(before))) - set(pairs.values()):
            _end(found, before[i], frame.at_s)
        why = _fragment(known, places, words, frame.at_s)
        if words:
            found.seconds += end_s - frame.at_s
        if why:
            found.fragment_s += end_s - frame.at_s
            found.fragments.append((frame.at_s, f"{why}: {''.join(word.text for word in words)}"))
        before = now
    for word in text.all:
        if word.shown_s is not None:
            found.first_lag_s.append(word.shown_s - word.seen_s)
            if word.committed_s is not None:
                found.commit_lag_s.append(max(0.0, word.shown_s - word.committed_s))
        elif word.committed_s is not None and word.gone_s is None:
            found.missing.append(f"{word.phrase}: {word.text}")
    return found


def _spans(record: Record) -> Iterator[tuple[Frame, float]]:
    """Return each frame, also at the moments of messages between them, and when the next begins."""
    starts = [frame.at_s for frame in record.frames]
    moments = sorted({*starts, *(at_s for at_s, _ in record.messages if starts and at_s > starts[0])})
    for moment, end_s in zip(moments, [*moments[1:], record.end_s], strict=True):
        frame = record.frames[bisect_right(starts, moment) - 1]
        yield Frame(moment, frame.boxes), end_s


@dataclass(slots=True)
class _Seen:
    """A word on the page, which word of the text it is, and since when it is there."""

    word: ShownWord
    known: KnownWord | None
    first_s: float
    solid_s: float | None = None


def _end(found: ShownReport, seen: _Seen, at_s: float) -> None:
    """Count a word that is not shown any more."""
    found.word_s.append(at_s - seen.first_s)
    if seen.solid_s is None:
        found.grey_s.append(at_s - seen.first_s)
    else:
        found.solid_s.append(at_s - seen.solid_s)
        if at_s - seen.solid_s < BRIEF_S:
            found.brief.append((at_s, f"{seen.word.text} {at_s - seen.solid_s:.2f} s"))


def _places(known: list[KnownWord], words: Sequence[ShownWord]) -> list[tuple[int, int] | None]:
    """Return for each shown word the first and last place of it in the text, None for one that is not there.

    Each line is looked for by itself, because two people who speak at once have lines in turn.
    """
    texts = [normal(word.text) for word in known]
    places: list[tuple[int, int] | None] = [None] * len(words)
    for begin, end in _lines(words):
        owners = [i for i in range(begin, end) for _ in words[i].text]
        shown = list(TOKEN.finditer("".join(word.text for word in words[begin:end])))
        tokens = [normal(token.group()) for token in shown]
        # from the end, because of what was said twice the later one is meant
        blocks = SequenceMatcher(None, texts[::-1], tokens[::-1], autojunk=False).get_matching_blocks()
        pairs = {len(tokens) - 1 - b - i: len(texts) - 1 - a - i for a, b, n in blocks for i in range(n)}
        for at, token in enumerate(shown):
            for i in {owners[token.start()], owners[token.end() - 1]} if at in pairs else ():
                first, _ = places[i] or (pairs[at], 0)
                places[i] = (first, pairs[at])
    return places


def _lines(words: Sequence[ShownWord]) -> list[tuple[int, int]]:
    """Return where lines begin and end; a word that is cut joins two."""
    starts = [
        i
        for i, word in enumerate(words)
        if i == 0 or (abs(word.top - words[i - 1].top) > 1 and (words[i - 1].text[-1:].isspace() or IS_WIDE(word.text)))
    ]
    return list(zip(starts, [*starts[1:], len(words)], strict=False))


def _pairs(before: Sequence[_Seen], now: Sequence[_Seen]) -> dict[int, int]:
    """Return which word of `now` continues which word of `before`: the same element, or the same text in its place."""
    nodes = {seen.word.node: i for i, seen in enumerate(before)}
    pairs = {
        i: nodes[seen.word.node]
        for i, seen in enumerate(now)
        if seen.word.node in nodes and normal(before[nodes[seen.word.node]].word.text) == normal(seen.word.text)
    }
    olds, news = sorted(set(range(len(before))) - set(pairs.values())), sorted(set(range(len(now))) - set(pairs))
    texts = [
        [normal(seen.word.text) for seen in seens] for seens in ([before[i] for i in olds], [now[i] for i in news])
    ]
    for a, b, n in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_matching_blocks():
        for old, new in zip(olds[a : a + n], news[b : b + n], strict=True):
            if _is_same(before[old], now[new], texts):
                pairs[new] = old
    return pairs


def _is_same(old: _Seen, new: _Seen, texts: Sequence[Sequence[str]]) -> bool:
    """Whether two elements with one text can be one word; a grey word may go from a phrase to the next one."""
    if old.word.is_solid and new.word.is_solid:
        return old.known is new.known is not None and all(one.count(normal(new.word.text)) == 1 for one in texts)
    return old.known is None or new.known is None or old.known is new.known or old.known.gone_s is not None


def _count_moves(found: ShownReport, at_s: float, pairs: Sequence[tuple[_Seen, _Seen]]) -> None:
    solid = [(old.word, new.word) for old, new in pairs if old.word.is_solid and new.word.is_solid]
    rolled = min((new.top - old.top for old, new in solid), default=0.0)
    for old, new in solid:
        if abs(new.left - old.left) > MOVED_PX or abs(new.top - old.top - min(rolled, 0.0)) > MOVED_PX:
            found.moves.append((at_s, f"{new.text} {new.left - old.left:+.1f} {new.top - old.top:+.1f}"))


def _count_breaks(found: ShownReport, at_s: float, words: Sequence[ShownWord], lonely: frozenset[str]) -> None:
    lines: dict[float, list[ShownWord]] = {}
    for word in words:
        lines.setdefault(round(word.top), []).append(word)
    rows = [row for _, row in sorted(lines.items())]
    for row in rows[:-1]:
        if not all(word.is_solid for word in row):
            continue
        found.n_lines += 1
        last, ahead = row[-1].text.strip(), row[-2].text.strip() if len(row) > 1 else ""
        is_head = SENTENCE_END.search(ahead) is not None and SENTENCE_END.search(last) is None
        if len(row) > 1 and (is_head or last.casefold() in lonely):
            text = "".join(word.text for word in row)
            if not found.bad_breaks or found.bad_breaks[-1][1] != text:
                found.bad_breaks.append((at_s, text))


def _fragment(
    known: list[KnownWord], places: Sequence[tuple[int, int] | None], words: Sequence[ShownWord], at_s: float
) -> str:
    """Return what is wrong with the shown words, "" if nothing is; marks words of the text as shown."""
    why = "a mark for missing words" if any(word.text.strip() == "…" for word in words) else ""
    last: dict[str, int] = {}
    for begin, end in (place for place in places if place is not None):
        word = known[begin]
        if word.gone_s is None and word.at > 0:
            same = [one for one in known if one.phrase == word.phrase and normal(one.text) == normal(word.text)]
            # of a word that its phrase has twice nobody knows which one is shown
            if word.phrase in last and word.at > last[word.phrase] + 1 and len(same) == 1:
                why = why or f"words are missing before {word.text!r}"
            ahead = known[begin - 1]
            is_new = word.phrase not in last and ahead.shown_s is None
            if is_new and ahead.phrase == word.phrase and not SENTENCE_END.search(ahead.text):
                why = why or f"it begins with {word.text!r}"
        last[word.phrase] = known[end].at
    for begin, end in (place for place in places if place is not None):
        for one in known[begin : end + 1]:
            one.shown_s = at_s if one.shown_s is None else one.shown_s
    return why
