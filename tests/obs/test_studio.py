"""The Linux collection in a real OBS Studio.

Debian's build has neither the browser source nor the virtual camera. OBS keeps the settings of what it does not know
and shows nothing for it, so what these tests see of the overlay is its place, not its picture.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.obs_studio import ObsStudio, run_obs

SCENE = "Meeting with subtitles"


@pytest.fixture(scope="module")
def studio(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ObsStudio, Path]]:
    """Return a running OBS Studio and its log."""
    with run_obs(root / "obs" / "surtitle-linux.json", tmp_path_factory.mktemp("obs")) as found:
        yield found


def test_collection_is_current(studio: tuple[ObsStudio, Path]) -> None:
    """OBS opens the collection, and the scene is on air."""
    answer = studio[0].ask("GetSceneCollectionList")
    assert answer["currentSceneCollectionName"] == "Surtitle"
    assert studio[0].ask("GetCurrentProgramScene")["currentProgramSceneName"] == SCENE


def test_subtitles_lie_over_the_window(studio: tuple[ObsStudio, Path]) -> None:
    """OBS draws the overlay after the window, both as large as the picture."""
    items = studio[0].ask("GetSceneItemList", {"sceneName": SCENE})["sceneItems"]
    assert [
        (item["sourceName"], item["inputKind"]) for item in sorted(items, key=lambda item: item["sceneItemIndex"])
    ] == [
        ("Meeting window", "xcomposite_input"),
        ("Subtitles", "browser_source"),
    ]
    assert all(item["sceneItemEnabled"] for item in items)
    video = studio[0].ask("GetVideoSettings")
    for item in items:
        place = item["sceneItemTransform"]
        assert place["boundsType"] == "OBS_BOUNDS_SCALE_INNER"
        assert (
            (place["boundsWidth"], place["boundsHeight"]) == (video["baseWidth"], video["baseHeight"]) == (1920, 1080)
        )


def test_overlay_keeps_its_address(studio: tuple[ObsStudio, Path]) -> None:
    """OBS has the address of the overlay page."""
    settings = studio[0].ask("GetInputSettings", {"inputName": "Subtitles"})["inputSettings"]
    assert settings["url"] == "http://127.0.0.1:8000/overlay/main"


def test_nothing_else_is_missing(studio: tuple[ObsStudio, Path]) -> None:
    """OBS creates every source except the browser source, which this build lacks."""
    missing = re.findall(r"Source ID '([^']+)' not found", studio[1].read_text(encoding="utf-8"))
    assert set(missing) <= {"browser_source"}
    assert set(missing).isdisjoint(studio[0].ask("GetInputKindList")["inputKinds"])
