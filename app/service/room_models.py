"""The models of the service, as its rooms use them: for speech and for translations."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.captions.room import Room
from app.config import Settings
from app.decode import models
from app.service.engines import choose_model, open_engines
from app.service.room_settings import check_settings
from app.service.translators import open_translators
from app.store.rooms import RoomSettings


class RoomModels:
    """The engines of a service, and what rooms can ask of them."""

    def __init__(self, settings: Settings, on_message: Callable[[str], object] | None) -> None:
        """Choose the models, which may download them, and prepare their engines.

        Raises:
            ModelError: There is no such model, or it does not know the settings' languages.
        """
        models.check_supports(settings.model, "transcribe", settings.languages)
        self.choice = choose_model(settings, settings.model, settings.task, on_message)
        self.engines = open_engines(settings, self.choice, on_message)
        is_wanted = bool(settings.targets)
        self.translators = open_translators(settings, self.choice.path, is_wanted=is_wanted, on_message=on_message)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the engines while the block lasts."""
        async with self.engines.running(), self.translators.running():
            yield

    def check(self, settings: RoomSettings, before: RoomSettings | None, *, writes_files: bool) -> RoomSettings:
        """Return the checked settings of a room, see `room_settings.check_settings`.

        Raises:
            ModelError: The models do not know a language, or cannot translate into a target.
            SettingsError: They are invalid.
        """
        if before is None or (before.languages, before.targets) != (settings.languages, settings.targets):
            self.translators.check_supports(settings.languages, settings.targets)
        return check_settings(settings, before, check_supports=self.engines.check_supports, writes_files=writes_files)

    def show_problems(self, room: Room, settings: RoomSettings) -> None:
        """Show in the room's state what its models cannot do."""
        room.set_problem("model", self.engines.find_problem(settings.task, settings.languages))
        room.set_problem("translation", self.translators.find_problem(settings.languages, settings.targets))
