"""The command line as a whole."""

import subprocess
import sys
from types import ModuleType

import pytest

from app import __main__
from tests.support.program import run_surtitle


def test_help_names_the_commands() -> None:
    """`--help` lists the commands."""
    done = run_surtitle("--help")
    assert done.returncode == 0
    for command in ("serve", "demo", "devices", "models", "bench"):
        assert command in done.stdout


@pytest.mark.parametrize(
    "words", [(), ("serve",), ("bench", "stream"), ("room",), ("room", "output", "obs")], ids=" ".join
)
def test_help_is_instant(words: tuple[str, ...]) -> None:
    """`--help` loads no model code, no web server and no HTTP client."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "app", *words, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert not loaded & {
        "faster_whisper",
        "ctranslate2",
        "numpy",
        "fastapi",
        "httpx2",
        "uvicorn",
        "structlog",
    }


def test_ctrl_c_while_modules_load_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program ends with 130 and without a traceback also before a command runs."""

    class Interrupted(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "app.cli.main", Interrupted("app.cli.main"))
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert left.value.code == 130
