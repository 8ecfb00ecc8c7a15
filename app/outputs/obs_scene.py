"""Sets up OBS Studio: one scene with the subtitles in it, and the virtual camera.

Everything has a name and is created once; what exists is updated. Other scenes are never changed.
Source of the requests and status numbers: obs-websocket 5, docs/generated/protocol.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol, cast

from app.errors import ObsRefusedError, SettingsError
from app.outputs.settings import ObsOutput

OVERLAY, TEXT = "Subtitles", "Subtitles as text"
"""Names of the two sources; the first is that of the collections in obs/."""

BROWSER_KIND = "browser_source"
TEXT_KINDS = ("text_gdiplus", "text_ft2_source")
"""The first exists on Windows only; the second draws no box behind the text."""

RUNNING, EXISTS, ABSENT = 500, 601, 604
"""Status numbers: already running, exists already, not on this machine."""

LINES_HIGH = 18
"""Text height is one eighteenth of the picture, readable even in a small picture."""

BOTTOM_MARGIN = 0.05
"""Share of the picture below the text, because some screens cut off the edge."""

ALIGN_BOTTOM = 8
"""Align at the middle of the lower edge: text grows upwards and stays centred."""

Answer = Mapping[str, object]


class ObsRequests(Protocol):
    """A connection to OBS Studio."""

    async def request(self, kind: str, **fields: object) -> Answer:
        """Return the answer to a request; raises ObsRefusedError."""


@dataclass(frozen=True, slots=True)
class SceneSetup:
    """What was found or created."""

    scene: str
    text: str | None
    """Name of the text source to keep up to date; None if the overlay page shows the captions."""
    actions: tuple[str, ...]
    """Sentences about what was done."""
    has_camera: bool
    """Whether the virtual camera was requested and runs."""
    missing: tuple[str, ...]
    """Sentences about what this OBS cannot do."""


async def prepare_scene(obs: ObsRequests, settings: ObsOutput) -> SceneSetup:
    """Create or update the scene, its subtitles and, if requested, the virtual camera.

    Raises:
        ObsRefusedError: OBS refused a request.
        SettingsError: The request cannot be fulfilled.
    """
    scene, overlay = settings.scene, settings.overlay
    actions = [await _create_scene(obs, scene)]
    missing: list[str] = []
    kinds = await _names(obs, "GetInputKindList", "inputKinds")
    video = await obs.request("GetVideoSettings")
    width, height = _number(video, "baseWidth"), _number(video, "baseHeight")
    inputs = _ObsInputs(obs, scene)
    text = None
    if overlay and BROWSER_KIND in kinds:
        current = {"url": overlay, "width": width, "height": height}
        initial = {"fps_custom": False, "shutdown": False, "restart_when_active": False, "css": ""}
        result = await inputs.put(
            OVERLAY, BROWSER_KIND, {**initial, "reroute_audio": False, "webpage_control_level": 0}, current
        )
        actions.append(f"{result.sentence} a browser source with the overlay page.")
        await inputs.clear_text(TEXT)
    else:
        if overlay:
            missing.append("This OBS has no browser source, so the subtitles are a text source. See obs/README.md.")
        kind = _text_kind(kinds)
        result = await inputs.put(TEXT, kind, await _text_settings(obs, kind, height), {})
        if result.item is not None:
            await _place_text(obs, scene, result.item, width, height)
        actions.append(f"{result.sentence} a text source at the bottom of the picture.")
        text = result.name
    has_camera = settings.virtual_camera and await _start_camera(obs)
    if has_camera:
        actions.append("The virtual camera runs.")
    elif settings.virtual_camera:
        missing.append("This OBS has no virtual camera. In the meeting, share its picture as a window or screen.")
    return SceneSetup(scene, text, tuple(actions), has_camera, tuple(missing))


async def _create_scene(obs: ObsRequests, scene: str) -> str:
    if scene in await _names(obs, "GetSceneList", "scenes", "sceneName"):
        return f"The scene “{scene}” is there."
    try:
        await obs.request("CreateScene", sceneName=scene)
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
class _InputResult:
    name: str
    sentence: str
    item: int | None
    """Number of the new item in the scene; None if it was there."""


class _ObsInputs:
    """The sources of OBS; ours are put into one scene."""

    def __init__(self, obs: ObsRequests, scene: str) -> None:
        self._obs, self._scene = obs, scene

    async def put(self, name: str, kind: str, initial: Answer, settings: Answer) -> _InputResult:
        """Create a source or update it; `initial` applies only to a new one, so that people's changes stay."""
        for free in _numbered(name):
            found = await self._kind(free)
            if found is None:
                try:
                    answer = await self._obs.request(
                        "CreateInput",
                        sceneName=self._scene,
                        inputName=free,
                        inputKind=kind,
                        inputSettings={**initial, **settings},
                        sceneItemEnabled=True,
                    )
                except ObsRefusedError as exc:
                    if exc.status != EXISTS:
                        raise
                    found = await self._kind(free)  # another program created it first, or a scene has this name
                else:
                    return _InputResult(free, f"Made “{free}”,", await self._lock(_number(answer, "sceneItemId")))
            if found == _kind_family(kind):
                changed = await self._update(free, settings)
                sentence = f"Updated “{free}”," if changed else f"“{free}” is up to date,"
                return _InputResult(free, sentence, await self._add(free))
        raise AssertionError  # unreachable: the numbers never run out

    async def clear_text(self, name: str) -> None:
        """Clear the text of a source that is no longer used, if it exists."""
        if (await self._kind(name) or "") in TEXT_KINDS:
            await self._obs.request("SetInputSettings", inputName=name, inputSettings={"text": ""}, overlay=True)

    async def _kind(self, name: str) -> str | None:
        inputs = _rows(await self._obs.request("GetInputList"), "inputs")
        return next((_kind_family(str(one.get("inputKind"))) for one in inputs if one.get("inputName") == name), None)

    async def _update(self, name: str, settings: Answer) -> bool:
        """Change only what differs; a browser source reloads its page after any change of its settings."""
        answer = await self._obs.request("GetInputSettings", inputName=name)
        present = cast(Answer, answer.get("inputSettings") or {})
        changed = {key: value for key, value in settings.items() if present.get(key) != value}
        if changed:
            await self._obs.request("SetInputSettings", inputName=name, inputSettings=changed, overlay=True)
        return bool(changed)

    async def _add(self, name: str) -> int | None:
        """Add a source to the scene if it is not in it."""
        items = _rows(await self._obs.request("GetSceneItemList", sceneName=self._scene), "sceneItems")
        if any(item.get("sourceName") == name for item in items):
            return None
        answer = await self._obs.request("CreateSceneItem", sceneName=self._scene, sourceName=name)
        return await self._lock(_number(answer, "sceneItemId"))

    async def _lock(self, item: int) -> int:
        await self._obs.request("SetSceneItemLocked", sceneName=self._scene, sceneItemId=item, sceneItemLocked=True)
        return item


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in count(2))


def _text_kind(kinds: list[str]) -> str:
    """Return the newest version of the text source that this system has."""
    for family in TEXT_KINDS:
        versions = sorted((kind for kind in kinds if _kind_family(kind) == family), key=lambda kind: (len(kind), kind))
        if versions:
            return versions[-1]
    raise SettingsError("Expected an OBS with a browser source or a text source, but this one has neither.")


def _kind_family(kind: str) -> str:
    """Return a kind of source without its version: text_ft2_source for text_ft2_source_v2."""
    family, _, version = kind.rpartition("_v")
    return family if family and version.isdigit() else kind


async def _text_settings(obs: ObsRequests, kind: str, height: int) -> Answer:
    """Return the first settings of a text source; it keeps the typeface of the system."""
    answer = await obs.request("GetInputDefaultSettings", inputKind=kind)
    defaults = cast(Answer, answer.get("defaultInputSettings") or {})
    font = {**cast(Answer, defaults.get("font") or {}), "size": height // LINES_HIGH, "style": "Bold", "flags": 1}
    if _kind_family(kind) == "text_gdiplus":
        return {"text": "", "font": font, "align": "center", "valign": "bottom", "bk_color": 0, "bk_opacity": 75}
    return {"text": "", "font": font, "outline": True, "drop_shadow": True}


async def _place_text(obs: ObsRequests, scene: str, item: int, width: int, height: int) -> None:
    """Place the text at the bottom; lines too wide for the picture are drawn smaller."""
    transform = {
        "alignment": ALIGN_BOTTOM,
        "positionX": width / 2,
        "positionY": height * (1 - BOTTOM_MARGIN),
        "boundsType": "OBS_BOUNDS_MAX_ONLY",
        "boundsAlignment": ALIGN_BOTTOM,
        "boundsWidth": width * 0.9,
        "boundsHeight": height * 0.3,
    }
    await obs.request("SetSceneItemTransform", sceneName=scene, sceneItemId=item, sceneItemTransform=transform)


async def _start_camera(obs: ObsRequests) -> bool:
    """Start the virtual camera, and return whether there is one."""
    try:
        if not (await obs.request("GetVirtualCamStatus")).get("outputActive"):
            await obs.request("StartVirtualCam")
    except ObsRefusedError as exc:
        if exc.status not in (RUNNING, ABSENT):
            raise
        return exc.status == RUNNING
    return True


async def _names(obs: ObsRequests, kind: str, key: str, name: str = "") -> list[str]:
    """Return the entries of a list, or one field of each of its rows."""
    answer = await obs.request(kind)
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
