"""The scene collections against the rules of OBS's importer and loader (StudioImporter::Check, scene_load_item)."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

CAPTURES = {
    "windows": "window_capture",
    "macos": "screen_capture",
    "linux": "xcomposite_input",
    "linux-wayland": "pipewire-screen-capture-source",
}


class Item(BaseModel):
    """One item of a scene; fields without a default in OBS have none here."""

    id: int
    name: str
    source_uuid: str
    visible: bool
    bounds_type: int
    bounds: dict[str, float]


class SourceSettings(BaseModel):
    """The settings that the tests look at."""

    url: str | None = None
    width: int | None = None
    height: int | None = None
    shutdown: bool | None = None
    id_counter: int | None = None
    items: list[Item] = Field(default_factory=list)


class Source(BaseModel):
    """One source of a collection, scenes included."""

    id: str
    name: str
    uuid: str
    settings: SourceSettings


class VirtualCamera(BaseModel):
    """What the virtual camera shows."""

    type2: int


class Collection(BaseModel):
    """A scene collection."""

    name: str
    current_scene: str
    current_program_scene: str
    scene_order: list[dict[str, str]]
    sources: list[Source]
    virtual_camera: VirtualCamera = Field(alias="virtual-camera")

    def source(self, kind: str) -> Source:
        """Return the one source of this kind."""
        (found,) = [source for source in self.sources if source.id == kind]
        return found


@pytest.fixture(params=CAPTURES)
def system(request: pytest.FixtureRequest) -> str:
    """Return each system in turn."""
    return str(request.param)


@pytest.fixture
def collection(root: Path, system: str) -> Collection:
    """Return the system's collection."""
    return Collection.model_validate_json((root / "obs" / f"surtitle-{system}.json").read_text(encoding="utf-8"))


def test_every_file_is_known(root: Path) -> None:
    """There is one collection for each system and nothing else that looks like one."""
    assert {path.name for path in (root / "obs").glob("*.json")} == {f"surtitle-{system}.json" for system in CAPTURES}


def test_scene_exists(collection: Collection) -> None:
    """The scene that opens first is in the file and in the list of scenes."""
    assert collection.source("scene").name == collection.current_scene == collection.current_program_scene
    assert collection.scene_order == [{"name": collection.current_scene}]


def test_items_are_found_and_visible(collection: Collection) -> None:
    """Every item names a source by its uuid and is visible, which OBS does not assume."""
    names = {source.uuid: source.name for source in collection.sources}
    settings = collection.source("scene").settings
    assert [names[item.source_uuid] for item in settings.items] == [item.name for item in settings.items]
    assert all(item.visible for item in settings.items)
    assert settings.id_counter == max(item.id for item in settings.items)


def test_uuids_are_whole_and_distinct(collection: Collection) -> None:
    """A uuid has 36 characters, or OBS looks for the name instead."""
    uuids = [source.uuid for source in collection.sources]
    assert len(set(uuids)) == len(uuids)
    assert all(str(UUID(uuid)) == uuid for uuid in uuids)


def test_subtitles_lie_over_the_window(collection: Collection, system: str) -> None:
    """The overlay is drawn after, so on top of, a window captured with this system's own source."""
    window, subtitles = collection.source("scene").settings.items
    assert window.source_uuid == collection.source(CAPTURES[system]).uuid
    assert subtitles.source_uuid == collection.source("browser_source").uuid


def test_overlay_fills_the_picture(collection: Collection) -> None:
    """The overlay page is loaded from this machine, is as large as the picture, and keeps running while hidden."""
    settings = collection.source("browser_source").settings
    assert settings.url == "http://127.0.0.1:8000/overlay/main"
    assert (settings.width, settings.height, settings.shutdown) == (1920, 1080, False)
    for item in collection.source("scene").settings.items:
        assert (item.bounds_type, item.bounds) == (2, {"x": 1920.0, "y": 1080.0})


def test_virtual_camera_shows_the_programme(collection: Collection) -> None:
    """The virtual camera shows what OBS shows: 3 is the programme."""
    assert collection.virtual_camera.type2 == 3


def test_systems_differ_only_in_the_capture(root: Path, system: str, collection: Collection) -> None:
    """A change in one file is made in all files."""
    first = json.loads((root / "obs" / "surtitle-windows.json").read_text(encoding="utf-8"))
    this = json.loads((root / "obs" / f"surtitle-{system}.json").read_text(encoding="utf-8"))
    for file in (first, this):
        for source in file["sources"]:
            if source["name"] == "Meeting window":
                del source["id"], source["settings"]
    assert this == first
