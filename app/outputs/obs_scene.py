"""What Surtitle makes in OBS Studio: one scene with the subtitles in it, and the virtual camera.

Everything has a name and is made once; what is there is brought up to date. Other scenes are never touched.
Source of the requests and status numbers: obs-websocket 5, docs/generated/protocol.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol, cast

from app.errors import ObsRefusedError, SettingsError

OVERLAY, TEXT = "Subtitles", "Subtitles as text"
"""Names of the two sources; the first is that of the collections in obs/."""

BROWSER_KIND = "browser_source"
TEXT_KINDS = ("text_gdiplus", "text_ft2_source")
"""The first is on Windows only; the second has no box behind the words."""

RUNNING, EXISTS, ABSENT = 500, 601, 604
"""Status numbers: already running, there already, not on this machine."""

LETTERS_HIGH = 18
"""Text is one eighteenth of the picture high, so that it can be read in a small one."""

PLACED_ABOVE = 0.05
"""Share of the picture below the text, which some screens cut off."""

ALIGN_BOTTOM = 8
"""The middle of the lower edge: text grows upwards and stays in the middle."""

Answer = Mapping[str, object]


class ObsRequests(Protocol):
    """A connection to OBS Studio."""

    async def ask(self, kind: str, **given: object) -> Answer:
        """Return the answer to a request; raises RefusalError."""


@dataclass(frozen=True, slots=True)
class SceneSetup:
    """What was found or made."""

    scene: str
    text: str | None
    """Name of the text source to keep up to date; None where the overlay page shows the words."""
    did: tuple[str, ...]
    """Sentences about what was done."""
    has_camera: bool
    """Whether the virtual camera was wanted, and runs."""
    lacks: tuple[str, ...]
    """Sentences about what this OBS cannot do."""


async def prepare(obs: ObsRequests, *, scene: str, overlay: str, virtual_camera: bool) -> SceneSetup:
    """Make or bring up to date the scene, the subtitles in it and, if wanted, the virtual camera.

    `overlay` is the address of the overlay page, or empty for a text source.

    Raises:
        RefusalError: OBS refused something that it should not.
        SettingsError: It cannot be done as asked.
    """
    did = [await _scene(obs, scene)]
    lacks: list[str] = []
    kinds = await _names(obs, "GetInputKindList", "inputKinds")
    video = await obs.ask("GetVideoSettings")
    width, height = _number(video, "baseWidth"), _number(video, "baseHeight")
    inputs = _ObsInputs(obs, scene)
    text = None
    if overlay and BROWSER_KIND in kinds:
        wanted = {"url": overlay, "width": width, "height": height}
        once = {"fps_custom": False, "shutdown": False, "restart_when_active": False, "css": ""}
        made = await inputs.put(
            OVERLAY, BROWSER_KIND, {**once, "reroute_audio": False, "webpage_control_level": 0}, wanted
        )
        did.append(f"{made.sentence} a browser source with the overlay page.")
        await inputs.blank(TEXT)
    else:
        if overlay:
            lacks.append("This OBS has no browser source, so the subtitles are a text source. See obs/README.md.")
        kind = _text_kind(kinds)
        made = await inputs.put(TEXT, kind, await _look(obs, kind, height), {})
        if made.item is not None:
            await _place(obs, scene, made.item, width, height)
        did.append(f"{made.sentence} a text source at the bottom of the picture.")
        text = made.name
    has_camera = virtual_camera and await _camera(obs)
    if has_camera:
        did.append("The virtual camera runs.")
    elif virtual_camera:
        lacks.append("This OBS has no virtual camera. In the meeting, share its picture as a window or screen.")
    return SceneSetup(scene, text, tuple(did), has_camera, tuple(lacks))


async def _scene(obs: ObsRequests, scene: str) -> str:
    if scene in await _names(obs, "GetSceneList", "scenes", "sceneName"):
        return f"The scene “{scene}” is there."
    try:
        await obs.ask("CreateScene", sceneName=scene)
    except ObsRefusedError as exc:
        if exc.status != EXISTS:
            raise
        if scene not in await _names(obs, "GetSceneList", "scenes", "sceneName"):
            raise SettingsError(
                f"Expected a name for the scene that nothing else in OBS has, but a source there is called “{scene}”. "
                "Choose another with --scene."
            ) from exc
        return f"The scene “{scene}” is there."
    return f"Made the scene “{scene}”."


@dataclass(frozen=True, slots=True)
class _CreatedInputs:
    name: str
    sentence: str
    item: int | None
    """Number of the item that is new in the scene; None if it was there."""


class _ObsInputs:
    """The sources of OBS, of which ours are put into one scene."""

    def __init__(self, obs: ObsRequests, scene: str) -> None:
        self._obs, self._scene = obs, scene

    async def put(self, name: str, kind: str, once: Answer, wanted: Answer) -> _CreatedInputs:
        """Make a source, or bring it up to date; `once` is for a new one only, so that people's changes stay."""
        for free in _numbered(name):
            found = await self._kind(free)
            if found is None:
                try:
                    answer = await self._obs.ask(
                        "CreateInput",
                        sceneName=self._scene,
                        inputName=free,
                        inputKind=kind,
                        inputSettings={**once, **wanted},
                        sceneItemEnabled=True,
                    )
                except ObsRefusedError as exc:
                    if exc.status != EXISTS:
                        raise
                    found = await self._kind(free)  # somebody was faster, or a scene has this name
                else:
                    return _CreatedInputs(free, f"Made “{free}”,", await self._lock(_number(answer, "sceneItemId")))
            if found == _plain(kind):
                changed = await self._update(free, wanted)
                sentence = f"Brought “{free}” up to date," if changed else f"“{free}” is as it should be,"
                return _CreatedInputs(free, sentence, await self._add(free))
        raise AssertionError  # there is always one more number

    async def blank(self, name: str) -> None:
        """Take the words out of a source that is no longer used, if it is there."""
        if (await self._kind(name) or "") in TEXT_KINDS:
            await self._obs.ask("SetInputSettings", inputName=name, inputSettings={"text": ""}, overlay=True)

    async def _kind(self, name: str) -> str | None:
        inputs = _rows(await self._obs.ask("GetInputList"), "inputs")
        return next((_plain(str(one.get("inputKind"))) for one in inputs if one.get("inputName") == name), None)

    async def _update(self, name: str, wanted: Answer) -> bool:
        """Change what differs; any change of its settings makes a browser source load its page anew."""
        answer = await self._obs.ask("GetInputSettings", inputName=name)
        present = cast(Answer, answer.get("inputSettings") or {})
        changed = {key: value for key, value in wanted.items() if present.get(key) != value}
        if changed:
            await self._obs.ask("SetInputSettings", inputName=name, inputSettings=changed, overlay=True)
        return bool(changed)

    async def _add(self, name: str) -> int | None:
        """Put a source into the scene that is not yet in it."""
        items = _rows(await self._obs.ask("GetSceneItemList", sceneName=self._scene), "sceneItems")
        if any(item.get("sourceName") == name for item in items):
            return None
        answer = await self._obs.ask("CreateSceneItem", sceneName=self._scene, sourceName=name)
        return await self._lock(_number(answer, "sceneItemId"))

    async def _lock(self, item: int) -> int:
        await self._obs.ask("SetSceneItemLocked", sceneName=self._scene, sceneItemId=item, sceneItemLocked=True)
        return item


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in count(2))


def _text_kind(kinds: list[str]) -> str:
    """Return the newest version of the text source that this system has."""
    for family in TEXT_KINDS:
        versions = sorted((kind for kind in kinds if _plain(kind) == family), key=lambda kind: (len(kind), kind))
        if versions:
            return versions[-1]
    raise SettingsError("Expected an OBS with a browser source or a text source, but this one has neither.")


def _plain(kind: str) -> str:
    """Return a kind of source without its version: text_ft2_source for text_ft2_source_v2."""
    family, _, version = kind.rpartition("_v")
    return family if family and version.isdigit() else kind


async def _look(obs: ObsRequests, kind: str, height: int) -> Answer:
    """Return how a text source looks at first; its typeface stays the system's."""
    answer = await obs.ask("GetInputDefaultSettings", inputKind=kind)
    defaults = cast(Answer, answer.get("defaultInputSettings") or {})
    font = {**cast(Answer, defaults.get("font") or {}), "size": height // LETTERS_HIGH, "style": "Bold", "flags": 1}
    if _plain(kind) == "text_gdiplus":
        return {"text": "", "font": font, "align": "center", "valign": "bottom", "bk_color": 0, "bk_opacity": 75}
    return {"text": "", "font": font, "outline": True, "drop_shadow": True}


async def _place(obs: ObsRequests, scene: str, item: int, width: int, height: int) -> None:
    """Put the text at the bottom; lines that are too wide for the picture are made smaller."""
    place = {
        "alignment": ALIGN_BOTTOM,
        "positionX": width / 2,
        "positionY": height * (1 - PLACED_ABOVE),
        "boundsType": "OBS_BOUNDS_MAX_ONLY",
        "boundsAlignment": ALIGN_BOTTOM,
        "boundsWidth": width * 0.9,
        "boundsHeight": height * 0.3,
    }
    await obs.ask("SetSceneItemTransform", sceneName=scene, sceneItemId=item, sceneItemTransform=place)


async def _camera(obs: ObsRequests) -> bool:
    """Have the virtual camera run; returns whether there is one."""
    try:
        if not (await obs.ask("GetVirtualCamStatus")).get("outputActive"):
            await obs.ask("StartVirtualCam")
    except ObsRefusedError as exc:
        if exc.status not in (RUNNING, ABSENT):
            raise
        return exc.status == RUNNING
    return True


async def _names(obs: ObsRequests, kind: str, key: str, name: str = "") -> list[str]:
    """Return what a list holds, or of each of its rows the one field that is its name."""
    answer = await obs.ask(kind)
    if name:
        return [str(row.get(name)) for row in _rows(answer, key)]
    found = answer.get(key)
    return [str(one) for one in found] if isinstance(found, list) else []


def _rows(answer: Answer, key: str) -> list[Answer]:
    found = answer.get(key)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def _number(answer: Answer, key: str) -> int:
    found = answer.get(key)
    if not isinstance(found, (int, float)):
        raise ObsRefusedError(f"Expected a number as {key} from OBS, but got none.", status=0)
    return int(found)
