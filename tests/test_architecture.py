"""The design's rules: imports point down the layers, a class name has one meaning, and tests mirror the tree."""

import ast
from pathlib import Path

# library -> the modules or folders that alone may import it
HOMES = {
    "av": {"app.media.container", "app.audio.resample"},
    "ctranslate2": {"app.decode", "app.translate", "app.bench", "app.demo.training"},
    "fastapi": {"app.web"},
    "h11": {"app.web.http_protocol"},
    "faster_whisper": {"app.decode", "app.bench", "app.demo.training"},
    "huggingface_hub": {"app.decode.model_hub", "app.decode.speaker_models"},
    "cryptography": {"app.web.certificates"},
    "httpx2": {"app.cli.client", "app.outputs", "app.translate.chat"},
    "ifaddr": {"app.web.networks"},
    "matplotlib": {"app.bench"},
    "prometheus_client": {"app.metrics", "app.web.health"},
    "pydantic": {
        "app.cli.client",
        "app.cli.request_body",
        "app.config",
        "app.translation_settings",
        "app.web.convert",
        "app.web.messages",
        "app.web.source_messages",
        "app.web.output_schemas",
        "app.web.resource",
        "app.web.schemas",
        "app.web.search_schemas",
        "app.web.speaker_schemas",
    },
    "pydantic_settings": {"app.config", "app.translation_settings"},
    "rapidfuzz": {"app.bench"},
    "rich": {"app.cli"},
    "sacrebleu": {"app.bench"},
    "segno": {"app.web.qr", "app.cli.terminal_qr"},
    "simpleobsws": {"app.outputs.obs_link"},
    "sounddevice": {"app.audio.microphone"},
    "sentencepiece": {"app.translate"},
    "soundfile": {"app.demo.training"},
    "starlette": {"app.web"},
    "structlog": {"app.log"},
    "onnxruntime": {"app.audio.silero", "app.audio.speaker_model"},
    "platformdirs": {"app.config", "app.decode.calibration", "app.decode.cuda"},
    "threadpoolctl": {"app.decode.calibration", "app.decode.worker_loop", "app.bench"},
    "tokenizers": {"app.decode", "app.translate", "app.demo.training"},
    "torch": {"app.demo.training"},
    "typer": {"app.cli"},
    "sqlite3": {"app.store"},
    "uvicorn": {"app.web.server", "app.web.websocket_protocol", "app.web.http_protocol"},
    "webrtcvad": {"app.audio.speech_gate"},
    "websockets": {"app.web"},
    "whisper_normalizer": {"app.bench.english"},
}
# low to high: a module may import its own layer and those before it
LAYERS = [
    {
        "atomic_file",
        "choices",
        "config",
        "errors",
        "hardening",
        "language_names",
        "log",
        "metrics",
        "redaction",
        "setting_errors",
        "translation_settings",
    },
    {"audio"},
    {"media"},
    {"decode"},
    {"captions"},
    {"translate"},
    {"outputs", "store"},
    {"service"},
    {"web"},
    {"bench", "demo"},
    {"cli", "__main__"},
]
# tests of several modules, or of no module of app/
CROSS_CUTTING = {
    "tests/test_architecture.py": "reads the whole tree",
    "tests/bench/test_messy_traces.py": "the whole policy on the decodes of messy speech",
    "tests/captions/test_everyday_sentences.py": "tokens, caps and filters together in each language",
    "tests/budgets": "sends random requests to the whole service",
    "tests/chaos": "tests the fault injection in tests/chaos itself",
    "tests/obs": "runs OBS Studio with the scene collections in obs/",
    "tests/pages": "runs the pages in static/ in a browser",
    "tests/static": "tests the scripts in static/ in Node",
    "tests/system": "runs the whole program as its users do",
    "tests/decode/test_faulty_devices.py": "engine, fault policy and worker processes together on devices that fail",
    "tests/demo/test_bundle.py": "checks the demo model and meeting that the wheel contains",
    "tests/demo/training/test_making.py": "the steps of the training together",
    "tests/media/test_damaged_files.py": "all of app/media reads thousands of damaged files",
    "tests/captions/test_translated_session.py": "session, phrase writer and translation queue translate a talk",
    "tests/store/test_retention.py": "room log, database and clock together delete what is too old",
    "tests/store/test_room_log_life.py": "room log and database together survive crashes and restarts",
    "tests/store/test_scrubbing.py": "rooms, keys, schema and database together leave no copies of secrets",
    "tests/web/test_access.py": "roles and keys on every route and socket",
    "tests/web/test_autobahn.py": "Autobahn's cases against the WebSocket",
    "tests/web/test_fuzz.py": "random requests and messages to the whole server",
    "tests/web/test_history.py": "older captions over REST, from room to JSON",
    "tests/web/test_long_reads.py": "readers of a long talk over REST and sockets, while it goes on",
    "tests/web/test_origin.py": "requests from other sites to every route",
    "tests/web/test_outputs.py": "outputs over REST, from request to room",
    "tests/web/test_stalls.py": "clients that stop reading, over both transports",
}
POSIX_ONLY = {"curses", "fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}

Import = tuple[str, str, int]
"""Importing module, imported module, and the line's column: 0 runs when the module is loaded."""


def imports(root: Path) -> list[Import]:
    """Return every import under app/, at any depth in the file."""
    found: list[Import] = []
    for path in sorted((root / "app").rglob("*.py")):
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found += [(module, alias.name, node.col_offset) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "app":
                found += [(module, f"app.{alias.name}", node.col_offset) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.append((module, node.module, node.col_offset))
    return found


def layer(module: str) -> int | None:
    """Return the layer's height, None for modules that have none."""
    part = [*module.split("."), ""][1] if module.startswith("app.") else ""
    return next((height for height, names in enumerate(LAYERS) if part in names), None)


def is_within(module: str, home: str) -> bool:
    """Say whether the module is the home or lies in it."""
    return f"{module}.".startswith(f"{home}.")


def test_each_library_stays_in_its_home(root: Path) -> None:
    """Only a library's home imports it."""
    strays = [
        f"{module} imports {library}"
        for module, library, _ in imports(root)
        for homes in [HOMES.get(library.split(".")[0], set())]
        if homes and not any(is_within(module, home) for home in homes)
    ]
    assert strays == []


def test_imports_point_down(root: Path) -> None:
    """A module imports its own layer and lower ones."""
    wrong = []
    for importer, imported, _ in imports(root):
        height, other = layer(importer), layer(imported)
        if height is not None and other is not None and other > height:
            wrong.append(f"{importer} imports {imported}")
    assert wrong == []


def test_every_module_has_a_layer(root: Path) -> None:
    """A new module under app/ is given its place before it is used."""
    parts = {path.stem for path in (root / "app").glob("*.py")} | {path.parent.name for path in root.glob("app/*/*.py")}
    assert parts - {"__init__"} - set().union(*LAYERS) == set()


def test_start_path_is_portable(root: Path) -> None:
    """No module imports, when it is loaded, what POSIX systems alone have."""
    assert [
        f"{module} imports {name}"
        for module, name, column in imports(root)
        if column == 0 and name.split(".")[0] in POSIX_ONLY
    ] == []


def test_rules_see_the_tree(root: Path) -> None:
    """The rules are not kept by looking at nothing: known imports of each kind are found."""
    found = {(module, name) for module, name, _ in imports(root)}
    assert ("app.media.container", "av") in found
    assert layer("app.decode.engine") is not None
    assert len(found) > 100


def test_a_class_name_has_one_meaning(root: Path) -> None:
    """No two classes of app/ have the same name, or differ only by a leading underscore."""
    places: dict[str, list[str]] = {}
    for path in sorted((root / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name.lstrip("_"), []).append(path.relative_to(root).as_posix())
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_tests_mirror_the_tree(root: Path) -> None:
    """`tests/web/test_qr.py` tests `app/web/qr.py`; CROSS_CUTTING names the other tests with a reason each."""
    assert [name for name in CROSS_CUTTING if not (root / name).exists()] == []
    strays = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        place = path.relative_to(root)
        module = root / "app" / place.parent.relative_to("tests") / path.name.removeprefix("test_")
        is_named = any(one.as_posix() in CROSS_CUTTING for one in (place, *place.parents))
        if not module.exists() and not is_named:
            strays.append(place.as_posix())
    assert strays == []


def test_no_test_imports_another(root: Path) -> None:
    """What tests share is in tests/fakes and tests/support."""
    found = []
    for path in sorted((root / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{name}" for name in names]
            found += [f"{path.relative_to(root)} imports {name}" for name in names if ".test_" in name]
    assert found == []


def test_files_are_short(root: Path) -> None:
    """No Python file of app/ has more than 300 lines, and no script of static/ more than 250."""
    limits = {"app": ("*.py", 300), "static": ("*.js", 250)}
    lengths = {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) - most
        for folder, (pattern, most) in limits.items()
        for path in (root / folder).rglob(pattern)
    }
    assert len(lengths) > 100
    assert {name: excess for name, excess in lengths.items() if excess > 0} == {}
