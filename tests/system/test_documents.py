"""The commands, links, files and examples in the documents exist and work as they are written."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter
from typer.testing import CliRunner

from app import config
from app.bench import manifest, trace_reader
from app.cli import main
from app.web import data_protection, messages, schemas, search_schemas
from app.web.resource import Resource

BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
README_LINES_MAX = 180
OLD_WORDS = re.compile(r"\b(tells?|told|mend(s|ed)?|anew|whoever|in earnest|household|doors?)\b", re.IGNORECASE)
OLD_WORDS_MAX = 10
"""Each of them the right word where it is."""
WAY_MODULES_MAX = 30


def _pages(root: Path) -> list[Path]:
    """Return every document for users and contributors."""
    names = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "obs/README.md", "app/demo/README.md")
    return [*(root / name for name in names), *sorted((root / "docs").rglob("*.md"))]


def _text(root: Path) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in _pages(root))


def _commands(root: Path, program: str) -> list[list[str]]:
    """Return the arguments of every command in the documents that runs the program, in blocks and in tables."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in _pages(root) if page.name != "CHANGELOG.md")
    lines = [line.strip() for kind, block in BLOCK.findall(text) if kind == "sh" for line in block.splitlines()]
    lines += [span for span in re.findall(r"`([^`\n]+)`", text) if " " in span and "…" not in span]
    found = []
    for line in lines:
        try:
            words = shlex.split(line)
        except ValueError:  # an inline code span that is no command
            continue
        while words and re.fullmatch(r"[A-Z_]+=\S*|sudo", words[0]):
            words = words[1:]
        if words and Path(words[0]).name == program:
            found.append(words[1:])
    return found


def _is_accepted(arguments: list[str]) -> bool:
    """Parse the arguments without running them: with `--help` at the end, options are read and nothing runs."""
    return CliRunner().invoke(main.app, [*arguments, "--help"]).exit_code == 0


def test_commands_parse(root: Path) -> None:
    """Every `surtitle` command and each of its options exists."""
    commands = _commands(root, "surtitle")
    assert len(commands) >= 40
    assert [arguments for arguments in commands if not _is_accepted(arguments)] == []


def test_unknown_options_are_noticed() -> None:
    """The check of commands rejects an option or a command that does not exist."""
    assert not _is_accepted(["serve", "--no-such-option"])
    assert not _is_accepted(["no-such-command"])


def test_python_commands_exist(root: Path) -> None:
    """Every `python -m` command names a module that lists the options, every pytest command real files."""
    commands = _commands(root, "python") + [["-m", "pytest", *words] for words in _commands(root, "pytest")]
    assert len(commands) >= 8
    helps: dict[tuple[str, ...], str] = {}
    for _, module, *arguments in commands:
        if module == "pytest":
            assert [word for word in arguments if word.startswith("tests") and not (root / word).exists()] == []
            continue
        asked = (module, *(word for word in arguments[:1] if not word.startswith("-")))
        if asked not in helps:
            run = subprocess.run(
                [sys.executable, "-m", *asked, "--help"], cwd=root, capture_output=True, text=True, timeout=60
            )
            assert run.returncode == 0, (asked, run.stderr)
            helps[asked] = run.stdout
        assert [word for word in arguments if word.startswith("--") and word not in helps[asked]] == [], asked


def test_compose_commands_fit_the_plan(root: Path) -> None:
    """Every `docker compose` command names a service of compose.yaml, and runs an existing command in it."""
    services = yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    commands = [words[1:] for words in _commands(root, "docker") if words[:1] == ["compose"]]
    assert {words[0] for words in commands} >= {"build", "run", "up", "exec"}
    for verb, *words in commands:
        named = [word for word in words if not word.startswith("-")]
        assert not named or named[0] in services
        assert verb != "run" or named == [name for name, service in services.items() if "profiles" in service]
        if verb == "exec":
            assert named[1] == "surtitle"
            assert _is_accepted(words[2:])


def test_extras_exist(root: Path) -> None:
    """Every extra that an install command names is one of the package."""
    extras = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = {name for group in re.findall(r'(?:"\.|surtitle)\[([\w,]+)\]', _text(root)) for name in group.split(",")}
    assert {"mic", "obs"} <= named
    assert named <= set(extras)


def test_the_key_command_makes_a_valid_key(root: Path, tmp_path: Path) -> None:
    """The command that makes an admin key makes one that the service accepts from its file."""
    (line,) = re.findall(r"^python3 -c .* > key$", (root / "docs" / "gpu.md").read_text(encoding="utf-8"), re.MULTILINE)
    subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True)
    settings = config.read(key_file=tmp_path / "key")
    assert settings.key == (tmp_path / "key").read_text(encoding="utf-8").strip()


def test_make_targets_exist(root: Path) -> None:
    """Every `make` target in the documents is one of the Makefile."""
    named = {words[0] for words in _commands(root, "make")}
    assert {"demo", "test", "setup", "lint", "train-demo"} <= named
    for target in named:
        run = subprocess.run(["make", "--question", "--dry-run", target], cwd=root, capture_output=True, text=True)
        assert run.returncode in (0, 1), run.stderr  # 2: no rule to make it


def test_two_commands_come_first(root: Path) -> None:
    """README is short, and its first two commands are the demo and the tests."""
    text = (root / "README.md").read_text(encoding="utf-8")
    assert [block.strip() for _, block in BLOCK.findall(text)[:2]] == ["make demo", "make test"]
    assert len(text.splitlines()) <= README_LINES_MAX


def _headings(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_links_lead_somewhere(root: Path) -> None:
    """Every link to a file of the project, and to a heading in it, exists."""
    for page in _pages(root):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if "://" in target:
                continue
            name, _, heading = target.partition("#")
            linked = page.parent / name if name else page
            assert linked.exists(), (page.name, target)
            if heading:
                assert heading in _headings(linked.read_text(encoding="utf-8")), (page.name, target)


def test_every_page_is_linked(root: Path) -> None:
    """Every document can be reached from README."""
    reached: set[Path] = set()
    waiting = [root / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached:
            continue
        reached.add(page)
        links = re.findall(r"\]\(([^)#:]+\.md)[)#]", page.read_text(encoding="utf-8"))
        waiting += [page.parent / link for link in links]
    assert {page.resolve() for page in _pages(root)} <= reached


def test_files_named_exist(root: Path) -> None:
    """The scene collections that the instructions name are the ones in obs/."""
    named = re.findall(r"`(surtitle-[\w-]+\.json)`", (root / "obs" / "README.md").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(path.name for path in (root / "obs").glob("*.json"))


def test_code_files_named_exist(root: Path) -> None:
    """Every path of the project that the documents name is a file or folder."""
    named = set(re.findall(r"`((?:app|static|tests|docs|deploy|obs)/[\w./-]*)`", _text(root)))
    assert len(named) >= 10
    assert sorted(name for name in named if not (root / name).exists()) == []


def test_overlay_parameters_exist(root: Path) -> None:
    """Every parameter of an overlay address in the documents is one that the overlay reads."""
    (parameters,) = (root / "static").rglob("parameters.js")
    known = parameters.read_text(encoding="utf-8")
    instructions = (root / "obs" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[?&](\w+)=", _text(root).replace("captions?before=SEQ&limit=", "")))
    named |= {
        name for row in re.findall(r"^\| (`.*?) \|", instructions, re.MULTILINE) for name in re.findall(r"`(\w+)=", row)
    }
    assert {"lang", "fontSize", "demo"} <= named
    assert [name for name in sorted(named) if not re.search(rf"\b{name}\b", known)] == []


def test_the_manifest_line_is_read(root: Path, tmp_path: Path) -> None:
    """The bench reads the manifest line that the measurements show."""
    text = (root / "docs" / "measurements.md").read_text(encoding="utf-8")
    (line,) = [block for kind, block in BLOCK.findall(text) if kind == "json"]
    (tmp_path / json.loads(line)["audio"]).touch()
    (tmp_path / "clips.jsonl").write_text(line, encoding="utf-8")
    (read,) = manifest.read(tmp_path / "clips.jsonl")
    assert read.words[0].text == "Guten"


def test_the_trace_lines_are_read(root: Path, tmp_path: Path) -> None:
    """The benches read the manifest line and the trace that the page about benches shows."""
    text = (root / "docs" / "bench.md").read_text(encoding="utf-8")
    line, *trace = [block for kind, block in BLOCK.findall(text) if kind == "json"]
    (tmp_path / json.loads(line)["audio"]).touch()
    (tmp_path / "clips.jsonl").write_text(line, encoding="utf-8")
    (read,) = manifest.read(tmp_path / "clips.jsonl")
    assert read.speech == ((0.4, 1.2),)
    (tmp_path / "trace.jsonl").write_text("".join(trace), encoding="utf-8")
    (clip,) = trace_reader.read(tmp_path / "trace.jsonl")
    assert (clip.reference, len(clip.words), len(clip.decodes)) == ("Guten Morgen", 2, 1)


def _examples(root: Path) -> list[str]:
    text = (root / "docs" / "protocol.md").read_text(encoding="utf-8")
    return [block for kind, block in BLOCK.findall(text) if kind == "json"]


def test_message_examples_are_valid(root: Path) -> None:
    """Every socket message in the protocol is complete: its model reads it and writes the same fields."""
    models = {
        model.model_fields["type"].default: TypeAdapter(model)
        for model in vars(messages).values()
        if isinstance(model, type) and issubclass(model, messages.WireMessage) and "type" in model.model_fields
    }
    shown = set()
    for example in _examples(root):
        given = json.loads(example)
        if given.get("type") == "hello":
            messages.parse_hello(example)
        elif given.get("type") == "tracks":
            assert messages.parse_tracks(example) == tuple(given["tracks"])
        elif "type" in given:
            shown.add(given["type"])
            adapter = models[given["type"]]
            assert json.loads(adapter.dump_json(adapter.validate_json(example))) == given
    assert shown == {"welcome", "snapshot", "caption", "state", "status", "ack", "error"}


@pytest.mark.parametrize(
    ("marker", "model"),
    [
        ('"task": "translate"}', schemas.NewRoom),
        ('"keys"', schemas.RoomWithKeys),
        ('"n_connections": 3', schemas.KeyResource),
        ('{"notice"', schemas.RoomChange),
        ('"track": "original"}', schemas.Correction),
        ('{"code": "room", "message"', schemas.Problem),
        ('"action"', data_protection.Receipt),
        ('"matches_case"', search_schemas.SearchRequest),
        ('"n_matches"', search_schemas.SearchResult),
        ('"replacement"', search_schemas.ReplaceRequest),
        ('"n_replaced"', search_schemas.ReplaceResult),
    ],
)
def test_rest_examples_are_valid(root: Path, marker: str, model: type[Resource]) -> None:
    """Every REST body in the protocol is one that its schema accepts."""
    (example,) = [block for block in _examples(root) if marker in block and '"type"' not in block]
    model.model_validate_json(example)


def test_old_words_are_gone(root: Path) -> None:
    """The code, pages and documents use the field's words, not the private language of the first version."""
    files = [root / "README.md", *(path for name in ("app", "static", "docs") for path in (root / name).rglob("*"))]
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in files
        if path.suffix in {".py", ".js", ".html", ".css", ".md"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if OLD_WORDS.search(line)
    ]
    assert len(found) <= OLD_WORDS_MAX, found


def test_the_way_of_sound_is_short(root: Path) -> None:
    """The architecture page lists at most thirty modules on the way of a second of sound, in order, and all exist."""
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `([\w./]+)` \|", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    assert len({module for _, module in rows}) <= WAY_MODULES_MAX
    assert [module for _, module in rows if not (root / module).is_file()] == []
