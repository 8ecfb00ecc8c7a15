"""The models of the service, as its rooms use them: for speech and for translations."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from app import language_names
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.config import Settings
from app.decode import models
from app.decode.request import Task
from app.errors import ModelError
from app.service.engines import choose_model, open_engines
from app.service.english_route import Way, choose_speech_task, list_text_targets, route_english, wants_english
from app.service.room_settings import check_settings, session_settings
from app.service.translators import open_chat, open_translators
from app.store.rooms import RoomSettings
from app.translate.offer import TranslationOffer
from app.translate.request import TextTranslator


class RoomModels:
    """The engines of a service, and what rooms can ask of them."""

    def __init__(self, settings: Settings, on_message: Callable[[str], object] | None) -> None:
        """Choose the models, which may download them, and prepare their engines.

        Raises:
            ModelError: There is no such model, or it does not know the settings' languages.
            SettingsError: The address of a translation service is not allowed.
        """
        models.check_supports(settings.model, "transcribe", settings.languages)
        self._english: Way = settings.english
        self._has_drafts = settings.draft_model is not None
        self.choice = choose_model(settings, settings.model, choose_speech_task(settings), on_message)
        self.engines = open_engines(settings, self.choice, on_message)
        is_wanted = bool(settings.targets) or (settings.task == "translate" and settings.english == "text")
        has_service = settings.translation_url is not None
        self.translators = open_translators(
            settings, self.choice.path, is_wanted=is_wanted and not has_service, on_message=on_message
        )
        self._chat = open_chat(settings, self.translators)
        self.text_translator: TextTranslator = self._chat or self.translators
        """What translates the rooms' text: a service, which falls back to the local model, or that model."""

    @property
    def offer(self) -> TranslationOffer | None:
        """What translates text, as operators see it; None if there is nothing, or nobody needed it yet."""
        if self._chat is None:
            return self.translators.offer
        return TranslationOffer(self._chat.model, self._chat.leaves_machine, tuple(language_names.names()))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the engines while the block lasts."""
        async with self.engines.running(), self.translators.running():
            try:
                yield
            finally:
                if self._chat is not None:
                    await self._chat.close()

    def route(self, settings: RoomSettings) -> RoomSettings:
        """Return the settings with which a room works, see `route_english`; most rooms' are the same."""
        if not wants_english(settings):
            return settings
        try:
            text = self.translators.model
        except ModelError:
            text = None
        return route_english(
            settings,
            self._english,
            speech_model=self.choice.name,
            can_speech="translate" in self.engines.engines[0].capabilities.tasks,
            text_model=text.name if text else "",
            text_pairs=text.pairs if text else None,
        )

    def session_settings(self, settings: RoomSettings) -> SessionSettings:
        """Return with what the sources of a room are decoded; raises SettingsError."""
        return session_settings(self.route(settings), has_drafts=self._has_drafts)

    def check_task(self, settings: RoomSettings) -> None:
        """Check that the speech model can do what a room needs in its languages; raises ModelError."""
        self.engines.check_supports(self.route(settings).task, settings.languages)

    def check(self, settings: RoomSettings, before: RoomSettings | None, *, writes_files: bool) -> RoomSettings:
        """Return the checked settings of a room, see `room_settings.check_settings`.

        Raises:
            ModelError: The models do not know a language, or cannot translate into a target.
            SettingsError: They are invalid.
        """
        routed = self.route(settings)
        is_new = before is None or (before.languages, before.targets) != (settings.languages, settings.targets)
        if is_new and self._chat is None:
            self.translators.check_supports(settings.languages, list_text_targets(routed))
        if is_new and self._chat is not None:
            for target in settings.targets:
                language_names.parse_one(target, "the languages of the translation", "a language")

        def check_supports(task: Task, languages: Sequence[str]) -> None:
            self.engines.check_supports(routed.task, languages)

        return check_settings(settings, before, check_supports=check_supports, writes_files=writes_files)

    def show_problems(self, room: Room, settings: RoomSettings) -> None:
        """Show in the room's state what its models cannot do."""
        routed = self.route(settings)
        room.set_problem("model", self.engines.find_problem(routed.task, settings.languages))
        targets = list_text_targets(routed) if self._chat is None else ()
        room.set_problem("translation", self.translators.find_problem(settings.languages, targets))
