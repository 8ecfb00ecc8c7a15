"""The pages that speak in one room: how many may, whose sessions they are, and what they are called."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.audio.browser import BrowserSource
from app.errors import SettingsError
from app.service.source_names import name_page


@dataclass(frozen=True, slots=True)
class PageLimits:
    """How many pages may speak at once; each needs memory for 150 s of sound, and a share of the model's time."""

    room: int = 4
    """In one room: two speakers, somebody with a question, and a spare one."""
    key: int = 2
    """With one key: a page and the one that replaces it, so that a stolen link cannot take all places."""


class SpeakingPages:
    """The sessions of the microphone pages of one room.

    A session belongs to the key that opened it: the same session name with another key is another session.
    """

    def __init__(self, room: str, limits: PageLimits) -> None:
        """Start with no pages."""
        self._room, self._limits = room, limits
        self._pages: dict[tuple[str, str], BrowserSource] = {}
        self._n_named = 0

    def find(self, key: str, session: str) -> BrowserSource | None:
        """Return the source of a session that has not ended."""
        page = self._pages.get((key, session))
        return None if page is None or page.is_closed else page

    def named(self, name: str) -> BrowserSource | None:
        """Return the page of that name."""
        return next((page for page in self._pages.values() if page.name == name), None)

    def open(self, key: str, session: str, label: str, others: Iterable[str]) -> BrowserSource:
        """Begin a session and return its source; `others` are the names of the sources that are not pages.

        A page of the same key that has lost its connection makes way, so that a speaker can change to another device.

        Raises:
            SettingsError: The room, or the key, has reached its limit of microphone pages.
        """
        own = self._open_pages(lambda owner: owner == key)
        has_place = len(own) < self._limits.key and len(self._open_pages()) < self._limits.room
        if not has_place and (lost := next((page for page in own if not page.n_connections), None)):
            lost.close()
            own.remove(lost)
        if len(own) >= self._limits.key:
            raise SettingsError(
                f"Expected at most {self._limits.key} microphone pages with one link, but this link is open on "
                f"{len(own)}. Close one of them, or ask for a link of your own."
            )
        if len(self._open_pages()) >= self._limits.room:
            raise SettingsError(
                f"The room {self._room} has {self._limits.room} microphone pages already. Close one of them first."
            )
        self._n_named += 1
        page = self._pages[key, session] = BrowserSource(session, name_page(label, self._n_named, others))
        return page

    def remove(self, page: BrowserSource) -> None:
        """Forget a page whose session is over."""
        self._pages = {owner: one for owner, one in self._pages.items() if one is not page}

    def end(self, key: str | None = None) -> None:
        """End the sessions of a key, or all; what was said is still decoded."""
        for page in self._open_pages(lambda owner: key in (None, owner)):
            page.close()

    def _open_pages(self, is_meant: Callable[[str], bool] = lambda owner: True) -> list[BrowserSource]:
        """Return the pages whose session has not ended, of the keys that are meant, the oldest first."""
        return [page for (owner, _), page in self._pages.items() if is_meant(owner) and not page.is_closed]
