"""The models of the service, as its rooms use them: for speech and for translations."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.captions.room import Room
from app.config import Settings
from app.service.engines import open_engines
from app.service.translators import open_translators
from app.store.rooms import RoomSettings


class RoomModels:
    """The engines of a service, and what rooms can ask of them."""

    def __init__(self, engines: EnginePool, translators: TranslationPool) -> None:
        """Take engines that do not run yet."""
        self.engines, self.translators = engines, translators

    @classmethod
    def open(cls, settings: Settings, choice: ModelChoice, on_message: Callable[[str], object] | None) -> "RoomModels":
        """Prepare the engines of the settings; raises ModelError, see `open_engines` and `open_translators`."""
        engines = open_engines(settings, choice, on_message)
        is_wanted = bool(settings.targets)
        return cls(engines, open_translators(settings, choice.path, is_wanted=is_wanted, on_message=on_message))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the engines while the block lasts."""
        async with self.engines.running(), self.translators.running():
            yield

    def check_targets(self, settings: RoomSettings, before: RoomSettings | None) -> None:
        """Check that a room can be translated into its targets, if they or its languages change; raises ModelError."""
        if before is None or (before.languages, before.targets) != (settings.languages, settings.targets):
            self.translators.check_supports(settings.languages, settings.targets)

    def show_problems(self, room: Room, settings: RoomSettings) -> None:
        """Show in the room's state what its models cannot do."""
        room.set_problem("model", self.engines.find_problem(settings.task, settings.languages))
        room.set_problem("translation", self.translators.find_problem(settings.languages, settings.targets))
