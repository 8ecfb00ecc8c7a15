"""OBS is set up once, and what people changed there stays."""

import pytest

from app.errors import SettingsError
from app.outputs.obs_link import connect
from app.outputs.obs_scene import OVERLAY, TEXT, SceneSetup, prepare_scene
from app.outputs.settings import OBS_SCENE, ObsOutput
from tests.fakes.obs_server import FakeObs, serve_obs

PAGE = "http://127.0.0.1:8000/overlay/main#a-key"
NO_BROWSER = ("color_source_v3", "text_ft2_source_v2")


async def set_up(
    obs: FakeObs, *, scene: str = OBS_SCENE, overlay: str = PAGE, virtual_camera: bool = True
) -> SceneSetup:
    """Set up the fake OBS once."""
    async with serve_obs(obs), connect("127.0.0.1", obs.port, obs.password) as link:
        return await prepare_scene(link, ObsOutput("obs", scene=scene, overlay=overlay, virtual_camera=virtual_camera))


async def test_overlay_is_made() -> None:
    """The scene holds a browser source as large as the picture, and the virtual camera runs."""
    obs = FakeObs()
    setup = await set_up(obs)
    kind, settings = obs.inputs[OVERLAY]
    assert obs.scenes == {"Talk": [], OBS_SCENE: [OVERLAY]}
    assert (kind, settings["url"], settings["width"], settings["height"]) == ("browser_source", PAGE, 1920, 1080)
    assert settings["shutdown"] is False
    assert obs.is_camera_on
    assert (setup.text, setup.missing, setup.has_camera) == (None, (), True)
    assert "a-key" not in "".join(setup.actions)


async def test_obs_without_a_password() -> None:
    """An OBS that needs no password is set up as well."""
    obs = FakeObs(password="")
    await set_up(obs)
    assert obs.scenes[OBS_SCENE] == [OVERLAY]


async def test_a_second_setup_changes_nothing() -> None:
    """A second setup creates and changes nothing, so that the page does not reload."""
    obs = FakeObs()
    await set_up(obs)
    before = (dict(obs.scenes), dict(obs.inputs))
    obs.asked.clear()
    setup = await set_up(obs)
    assert (obs.scenes, obs.inputs) == before
    assert not {"CreateScene", "CreateInput", "CreateSceneItem", "SetInputSettings", "StartVirtualCam"} & set(obs.asked)
    assert setup.actions[1].startswith("“Subtitles” is up to date")


async def test_what_people_changed_stays() -> None:
    """Another address replaces the old one, and leaves the style that somebody gave the page."""
    obs = FakeObs()
    await set_up(obs)
    obs.inputs[OVERLAY][1]["css"] = "body { color: red }"
    await set_up(obs, overlay="http://127.0.0.1:8000/overlay/other")
    settings = obs.inputs[OVERLAY][1]
    assert (settings["url"], settings["css"]) == ("http://127.0.0.1:8000/overlay/other", "body { color: red }")


async def test_the_source_is_put_into_another_scene() -> None:
    """A second scene shows the same source, and the first keeps it."""
    obs = FakeObs()
    await set_up(obs)
    await set_up(obs, scene="Talk")
    assert obs.scenes == {"Talk": [OVERLAY], OBS_SCENE: [OVERLAY]}
    assert list(obs.inputs) == [OVERLAY]


async def test_exists_already_is_success() -> None:
    """Status 601 counts as created: another program was faster."""
    obs = FakeObs()
    await set_up(obs)
    obs.is_racing = True
    await set_up(obs)
    assert obs.scenes[OBS_SCENE] == [OVERLAY]


@pytest.mark.parametrize("taken", ["input", "scene"])
async def test_names_of_others_are_left_alone(taken: str) -> None:
    """A source or scene of other people with our name is not changed; ours gets a number."""
    obs = FakeObs()
    if taken == "input":
        obs.inputs[OVERLAY] = ("color_source_v3", {"color": 1})
    else:
        obs.scenes[OVERLAY] = []
    await set_up(obs)
    assert obs.scenes[OBS_SCENE] == [f"{OVERLAY} 2"]
    assert obs.inputs.get(OVERLAY) in (None, ("color_source_v3", {"color": 1}))


async def test_a_scene_cannot_have_the_name_of_a_source() -> None:
    """OBS has one set of names for both; the sentence says so."""
    with pytest.raises(SettingsError, match="a source there is called “Logo”"):
        await set_up(FakeObs(inputs={"Logo": ("image_source", {})}), scene="Logo")


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        (NO_BROWSER, "text_ft2_source_v2"),
        (("text_ft2_source", "text_ft2_source_v2"), "text_ft2_source_v2"),
        (("text_gdiplus_v2", "text_gdiplus_v3"), "text_gdiplus_v3"),
        (("text_gdiplus_v2", "text_ft2_source_v2"), "text_gdiplus_v2"),
    ],
)
async def test_without_a_browser_source_there_is_text(kinds: tuple[str, ...], chosen: str) -> None:
    """The newest kind of text source is placed in the middle of the lower edge, and the setup says why."""
    obs = FakeObs(kinds=kinds)
    setup = await set_up(obs)
    kind, settings = obs.inputs[TEXT]
    place = obs.transforms[TEXT]
    assert (kind, settings["font"]["face"], settings["font"]["size"]) == (chosen, "Sans Serif", 60)
    assert (place["alignment"], place["positionX"], place["positionY"]) == (8, 960.0, pytest.approx(1026.0))
    assert setup.text == TEXT
    assert "no browser source" in setup.missing[0]


async def test_text_is_moved_once() -> None:
    """Text that people moved stays there."""
    obs = FakeObs(kinds=NO_BROWSER)
    await set_up(obs, overlay="")
    obs.transforms[TEXT] = {"positionY": 100.0}
    setup = await set_up(obs, overlay="")
    assert obs.transforms[TEXT] == {"positionY": 100.0}
    assert setup.missing == ()


async def test_captions_are_not_shown_twice() -> None:
    """When the overlay replaces the text source, the text is cleared."""
    obs = FakeObs()
    await set_up(obs, overlay="")
    obs.inputs[TEXT][1]["text"] = "Old words."
    await set_up(obs)
    assert obs.inputs[TEXT][1]["text"] == ""


async def test_no_kind_to_show_text_with() -> None:
    """An OBS without browser and text sources gets its own error."""
    with pytest.raises(SettingsError, match="neither"):
        await set_up(FakeObs(kinds=("color_source_v3",)))


@pytest.mark.parametrize(("has_camera", "is_on"), [(False, False), (True, True), (True, False)])
async def test_the_virtual_camera_runs_if_there_is_one(has_camera: bool, is_on: bool) -> None:
    """It is started unless it runs; where there is none, the setup says so and succeeds."""
    obs = FakeObs(has_camera=has_camera, is_camera_on=is_on)
    setup = await set_up(obs)
    assert obs.is_camera_on is has_camera is setup.has_camera
    assert [sentence for sentence in setup.missing if "no virtual camera" in sentence] == list(setup.missing)
    assert len(setup.missing) == (not has_camera)
    assert ("StartVirtualCam" in obs.asked) == (has_camera and not is_on)


async def test_an_obs_that_loads_is_waited_for() -> None:
    """After status 207 the request is repeated until OBS is ready."""
    obs = FakeObs(not_ready=3)
    await set_up(obs)
    assert obs.scenes[OBS_SCENE] == [OVERLAY]
    assert obs.asked.count("GetSceneList") == 4
