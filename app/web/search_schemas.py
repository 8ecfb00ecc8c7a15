"""The resources of search and replace."""

from typing import Annotated

from pydantic import Field, StrictBool

from app.captions.replacement import TextPlace
from app.web.resource import LANGUAGE, Resource

PLACES_MAX = 150
"""Texts that a request may name; a body has at most 512 fields, see `guard`."""

TrackName = Annotated[str, Field(pattern=LANGUAGE + "|^original$")]


class Place(Resource):
    """One phrase on one track."""

    phrase: str = Field(pattern=r"^[0-9]+-[0-9]+$", max_length=40)
    track: TrackName

    def as_place(self) -> TextPlace:
        """Return the place without its schema."""
        return TextPlace(self.phrase, self.track)


class TextQuery(Resource):
    """What is searched for, in the newest state of all texts that are stored."""

    text: str = Field(min_length=1, max_length=200)
    is_whole_word: StrictBool = Field(False, description="Whether a match must begin and end where a word does.")
    matches_case: StrictBool = Field(False, description="Whether capital and small letters are different.")
    track: TrackName | None = Field(None, description="The track to search; null for all.")


class SearchRequest(TextQuery):
    """A search, and which part of its result to return."""

    up_to_seq: int | None = Field(
        None, ge=0, lt=1 << 53, description="Leave out texts that changed after this number; for further pages."
    )
    offset: int = Field(0, ge=0, le=1_000_000, description="How many texts to leave out, counted from the newest.")
    limit: int = Field(200, ge=1, le=500)


class TextPart(Resource):
    """A text that matches."""

    phrase: str
    track: str
    language: str
    start_s: float
    parts: tuple[str, ...] = Field(description="The text: what is between matches, a match, what is between, …")


class SearchResult(Resource):
    """What was found."""

    epoch: str
    up_to_seq: int = Field(description="The newest change that the search has seen; a replacement needs it.")
    n_matches: int
    n_texts: int
    texts: tuple[TextPart, ...] = Field(description="One page of them, the newest first.")


class ReplaceRequest(TextQuery):
    """A replacement of what a search has found."""

    replacement: str = Field(max_length=200, description="Empty deletes; a text that becomes empty is withdrawn.")
    epoch: str = Field(max_length=64, description="From the result of the search.")
    up_to_seq: int = Field(ge=0, lt=1 << 53, description="From the result; what changed later is not replaced.")
    only: tuple[Place, ...] | None = Field(
        None, max_length=PLACES_MAX, description="The texts to change; null for all."
    )
    skip: tuple[Place, ...] = Field((), max_length=PLACES_MAX, description="Texts to leave as they are.")


class ReplaceResult(Resource):
    """What a replacement did."""

    id: str | None = Field(description="For its undo; null if nothing changed.")
    n_replaced: int = Field(description="Texts that changed.")
    n_changed_meanwhile: int = Field(description="Texts that somebody changed after the search; they stay.")


class UndoResult(Resource):
    """What an undo did."""

    n_restored: int
    n_changed_meanwhile: int = Field(description="Texts that were changed after the replacement, or deleted.")
