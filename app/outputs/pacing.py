"""How fast a long file is written; pure.

A whole day of talk takes half a second to write. A caller that must not hold up other threads passes an iterator that
pauses now and then.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Pausing(Protocol):
    """Yields the same items, with pauses between some of them."""

    def __call__(self, items: Iterable[T], /) -> Iterable[T]:
        """Return the items."""


def at_once(items: Iterable[T], /) -> Iterable[T]:
    """Return the items without pauses."""
    return items
