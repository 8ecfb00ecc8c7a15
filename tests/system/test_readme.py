"""The commands that the documents name exist as they are written there."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import yaml
from typer.testing import CliRunner

from app import config
from app.bench import manifest
from app.cli import main

PAGES = ("README.md", "obs/README.md")
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def _commands(root: Path, program: str) -> list[list[str]]:
    """Return the arguments of every command line in the pages that runs the program."""
    lines = [
        shlex.split(line)
        for page in PAGES
        for kind, block in BLOCK.findall((root / page).read_text(encoding="utf-8"))
        if kind == "sh"
        for line in block.splitlines()
    ]
    return [words[1:] for words in lines if Path(words[0]).name == program]


def test_commands_parse(root: Path) -> None:
    """Every `surtitle` command and each of its options is one that the command line takes."""
    commands = _commands(root, "surtitle")
    assert len(commands) >= 25
    for arguments in commands:
        assert _is_taken(arguments), arguments


def test_compose_commands_fit_the_plan(root: Path) -> None:
    """Every `docker compose` command names a service of compose.yaml, and what it runs inside is a command of ours."""
    services = yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    commands = [words[1:] for words in _commands(root, "docker") if words[0] == "compose"]
    assert {words[0] for words in commands} == {"build", "run", "up", "exec"}
    for verb, *words in commands:
        named = [word for word in words if not word.startswith("-")]
        assert not named or named[0] in services
        assert verb != "run" or named == [name for name, service in services.items() if "profiles" in service]
        if verb == "exec":
            assert named[1] == "surtitle"
            assert _is_taken(words[2:])


def test_the_key_of_the_readme_is_long_enough(root: Path, tmp_path: Path) -> None:
    """The line that makes a key makes one that the service takes from its file."""
    (line,) = re.findall(r"^python3 -c .* > key$", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True)
    settings = config.read(key_file=tmp_path / "key")
    assert settings.key == (tmp_path / "key").read_text(encoding="utf-8").strip()


def test_unknown_options_are_noticed() -> None:
    """What judges the pages refuses a command or an option that does not exist."""
    assert not _is_taken(["serve", "--no-such-option"])
    assert not _is_taken(["no-such-command"])


def _is_taken(arguments: list[str]) -> bool:
    """Parse the arguments without doing what they say: with `--help` behind them, options are read and nothing runs."""
    return CliRunner().invoke(main.app, [*arguments, "--help"]).exit_code == 0


def test_make_targets_exist(root: Path) -> None:
    """Every `make` target in the pages is one of the Makefile."""
    text = "".join((root / page).read_text(encoding="utf-8") for page in PAGES)
    named = {words[0] for words in _commands(root, "make")} | set(re.findall(r"`make ([\w-]+)`", text))
    assert {"demo", "test", "setup", "lint", "train-demo"} <= named
    for target in named:
        asked = subprocess.run(["make", "--question", "--dry-run", target], cwd=root, capture_output=True, text=True)
        assert asked.returncode in (0, 1), asked.stderr  # 2: no rule to make it


def test_two_commands_come_first(root: Path) -> None:
    """The first two commands of the README are the demo and the tests."""
    blocks = BLOCK.findall((root / "README.md").read_text(encoding="utf-8"))
    assert [block.strip() for _, block in blocks[:2]] == ["make demo", "make test"]


def test_links_lead_somewhere(root: Path) -> None:
    """Every link to a file of the project, and every heading it points at, exists."""
    for page in PAGES:
        text = (root / page).read_text(encoding="utf-8")
        titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        headings = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if target.startswith("#"):
                assert target[1:] in headings, target
            elif "://" not in target:
                assert ((root / page).parent / target).exists(), target


def test_files_named_exist(root: Path) -> None:
    """Every scene collection that the instructions name is there."""
    named = re.findall(r"`(surtitle-[\w-]+\.json)`", (root / "obs" / "README.md").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(path.name for path in (root / "obs").glob("*.json"))


def test_overlay_parameters_exist(root: Path) -> None:
    """Every parameter in an overlay address of the pages is one that the overlay reads."""
    known = (root / "static" / "room" / "parameters.js").read_text(encoding="utf-8")
    text = "".join((root / page).read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"[?&](\w+)=", text))
    assert {"lang", "fontSize", "demo"} <= named
    assert [name for name in sorted(named) if not re.search(rf"\b{name}:", known)] == []


def test_manifest_line_is_read(root: Path, tmp_path: Path) -> None:
    """The bench reads the manifest line that the README shows."""
    blocks = BLOCK.findall((root / "README.md").read_text(encoding="utf-8"))
    (line,) = [block for kind, block in blocks if kind == "json"]
    (tmp_path / json.loads(line)["audio"]).touch()
    (tmp_path / "clips.jsonl").write_text(line, encoding="utf-8")
    (read,) = manifest.read(tmp_path / "clips.jsonl")
    assert (read.language, read.reference) == ("de", "Guten Morgen")
