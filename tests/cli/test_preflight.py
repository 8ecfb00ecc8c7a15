"""Tests for app.cli.preflight."""

import socket
from pathlib import Path

import pytest

from app import config
from app.audio import microphone
from app.cli import preflight
from app.decode import demo_files
from app.errors import SettingsError
from app.store.rooms import RoomSettings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a recording, on a machine with two sound devices and no GPU."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.wav").touch()
    devices = [microphone.Device(name, "ALSA", 1, 48_000) for name in ("USB Mic", "Built-in Audio")]
    monkeypatch.setattr(microphone, "list_devices", lambda: devices)
    monkeypatch.setattr("app.decode.device.has_gpu", lambda: False)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"source": "tlk.wav"}, "There is no file tlk.wav. Did you mean talk.wav? Give microphone, "),
        ({"source": "microphne"}, "There is no file microphne. Did you mean microphone? "),
        ({"source": "."}, "Expected a sound or video file, but . is a folder. "),
        (
            {"source": "microphone:UBS"},
            "There is no sound device called UBS. There are: Built-in Audio, USB Mic. Did you mean microphone:USB?",
        ),
        ({"source": "microphone:xyz"}, "There is no sound device called xyz. There are: Built-in Audio, USB Mic. "),
        ({"device": "cuda"}, "Expected an NVIDIA GPU for the device cuda, but this machine has none"),
        (
            {"model": "smal"},
            "Expected a model by its name from `surtitle models`, a repository such as owner/name, or ",
        ),
        ({"model": "./nowhere"}, "Expected a folder with a CTranslate2 Whisper model, but ./nowhere is not a folder. "),
        ({"draft_model": "tinny"}, "Expected a model by its name from `surtitle models`, a repository"),
        (
            {"save": Path("talk.strt")},
            "Expected a subtitle file that ends in .srt, .vtt, .txt, .json or .csv, but got ",
        ),
        ({"save": Path("nowhere/talk.srt")}, "Expected a folder for talk.srt, but there is no folder nowhere. "),
        ({"glossary": Path("nothing.txt")}, "Expected a glossary as a UTF-8 text file at nothing.txt"),
    ],
)
def test_what_is_missing_is_said_before_anything_starts(folder: Path, given: dict[str, object], sentence: str) -> None:
    """The sentence says what is missing and what there is instead; nothing is written."""
    with pytest.raises(SettingsError) as error:
        preflight.check(config.read(**{"model": "demo", **given}))
    assert str(error.value).startswith(sentence)
    assert [path.name for path in folder.iterdir()] == ["talk.wav"]


def test_what_is_there_is_accepted(folder: Path) -> None:
    """Files, devices and models that exist pass."""
    for source in ("talk.wav", "microphone", "microphone:usb", "-", "https://example.org/live.mp3", None):
        preflight.check(config.read(source=source, model="demo", save=folder / "talk.srt"))


def test_a_machine_without_sound_devices_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default device needs one too; a browser page is the other way."""
    monkeypatch.setattr(microphone, "list_devices", list)
    with pytest.raises(SettingsError, match="let a browser page send the sound"):
        preflight.check(config.read(source="microphone", model="demo"))


def test_recordings_that_are_not_there_are_named(folder: Path) -> None:
    """Missing recordings are named with a similar name; only if all are missing nothing can be done."""
    assert preflight.find_missing([folder / "talk.wav"]) == []
    assert preflight.find_missing([Path("tal.wav"), Path("talk.wav"), Path("other.mp3")]) == [
        "There is no file tal.wav. Did you mean talk.wav?",
        "There is no file other.mp3. Check the path.",
    ]
    with pytest.raises(SettingsError, match=r"There is no file a\.wav\. .*There is no file b\.mp3\. Check the path\."):
        preflight.find_missing([Path("a.wav"), Path("b.mp3")])


def test_a_file_without_sound_is_found(folder: Path) -> None:
    """A file is opened before the model loads; a recording passes."""
    preflight.check_reachable(config.read(source=str(demo_files.CLIP)), print)
    (folder / "notes.md").write_text("no sound")
    with pytest.raises(SettingsError, match=r"notes\.md is neither"):
        preflight.check_reachable(config.read(source=str(folder / "notes.md")), print)


def _answer(error: OSError | None, addresses: tuple[str, ...] = ()) -> object:
    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if error is not None:
            raise error
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    return look_up


def _check_reachable(**given: object) -> list[str]:
    said: list[str] = []
    preflight.check_reachable(config.read(**given), said.append)
    return said


def test_the_server_of_a_stream_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that does not exist is an error; a name server or a stream that is away may come back."""
    url = "https://example.org/live.mp3?token=canary"
    monkeypatch.setattr(socket, "getaddrinfo", _answer(socket.gaierror(socket.EAI_NONAME, "unknown")))
    with pytest.raises(SettingsError, match=r"no server is called example\.org\. Check https://example\.org and"):
        _check_reachable(source=url)
    assert _check_reachable(public_url="https://captions.example.org") == [
        "The name captions.example.org in --public-url cannot be looked up from here. If readers cannot open the "
        "links, check the name."
    ]
    monkeypatch.setattr(socket, "getaddrinfo", _answer(socket.gaierror(socket.EAI_AGAIN, "later")))
    (sentence,) = _check_reachable(source=url)
    assert sentence.startswith("The name example.org cannot be looked up now.")
    monkeypatch.setattr(socket, "getaddrinfo", _answer(None, ("10.0.0.7",)))
    with pytest.raises(SettingsError, match="in a private network"):
        _check_reachable(source=url)


@pytest.mark.parametrize("url", ["rtsp://me:canary@example.org:99999/a", "http://me:canary@[::1/a"])
def test_an_address_that_cannot_be_read_is_a_sentence_without_secrets(url: str) -> None:
    """Its port is no port, or its brackets do not match."""
    with pytest.raises(SettingsError, match="cannot be read") as raised:
        preflight.check_stream(url, private=False, on_message=print)
    assert "canary" not in str(raised.value)


def test_a_stream_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is a sentence without secrets, not an error; one that is accepted is silent."""
    monkeypatch.setattr(preflight, "look_up", lambda host, port: ["127.0.0.1"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert _check_reachable(source=f"http://local.example:{port}/a?token=canary", private_sources=True) == []
    (sentence,) = _check_reachable(source=f"http://local.example:{port}/a?token=canary", private_sources=True)
    assert sentence.startswith(f"The stream http://local.example:{port} cannot be opened now (Connection refused).")


@pytest.mark.parametrize(
    ("source", "room", "sentence"),
    [
        (
            None,
            RoomSettings(),
            "Room main waits for a browser page that sends sound. It detects the spoken language.",
        ),
        (
            "https://me:canary@example.org/live",
            RoomSettings(languages=("de", "en"), task="translate"),
            "Room main listens to https://example.org. It expects German (de) and English (en) and adds English "
            "subtitles.",
        ),
        (
            "-",
            RoomSettings(languages=("de",)),
            "Room main listens to raw PCM on standard input. It expects German (de).",
        ),
        (
            "Ada=https://a.example\nGrace=https://b.example\nhttps://c.example",
            RoomSettings(languages=("de",)),
            "Room main listens to https://a.example for Ada, https://b.example for Grace and https://c.example. It "
            "expects German (de).",
        ),
        (
            "-",
            RoomSettings(languages=("de",), task="translate", targets=("fr", "pt")),
            "Room main listens to raw PCM on standard input. It expects German (de), adds English subtitles and is "
            "translated into French (fr) and Portuguese (pt).",
        ),
    ],
)
def test_a_start_says_what_was_understood(source: str | None, room: RoomSettings, sentence: str) -> None:
    """The source, the languages by name, the task and the targets are said; secrets of an address are not."""
    assert preflight.describe_start(config.read(source=source), room) == sentence
