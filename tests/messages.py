"""Lists every sentence and label that people read, by file: `python -m tests.messages > messages.txt`.

A reviewer reads the list aloud. It contains the texts of app/ (errors, help, output, health) and of static/ (pages).
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]

SILENT = ("app/bench/", "app/demo/training/", "app/log.py")
"""Parts of app/ whose texts only developers read, or that have none."""

READ_ATTRIBUTES = ("aria-label", "alt", "content", "label", "placeholder", "title", "data-label")
"""Attributes of HTML that people read or hear."""

SILENT_ELEMENTS = ("script", "style")

INLINE = {"a", "b", "code", "em", "i", "kbd", "q", "small", "span", "strong"}
"""Elements inside a sentence."""

IS_SENTENCE = re.compile(r"[^\W\d_]{2,}[,.:;?!…]? +(\{…\}|[^\W\d_])")
"""Two words in a row; what has fewer is a label, a name or code."""

IS_CODE = re.compile(
    r"^(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|default-src|[\w.-]+/[\w.-]+;)|[{;]\s*\n|=>|==="
)

SCRIPT_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')


def python_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of the strings of a module that contain words, without docstrings and log events."""
    tree = ast.parse(source)
    silent = {id(node) for node in _documentation(tree)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            text = node.value
        else:
            continue
        if IS_SENTENCE.search(text) and not IS_CODE.search(text):
            yield node.lineno, text
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_command(node):
            yield node.lineno, ast.get_docstring(node) or ""


def html_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of what a page says and of what a screen reader says."""
    reader = _PageReader()
    reader.feed(source)
    yield from reader.found


def script_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of the strings of a script that contain words."""
    for number, line in enumerate(source.splitlines(), start=1):
        if line.lstrip().startswith(("//", "*", "/*", "import ")):
            continue
        for found in SCRIPT_TEXT.finditer(line):
            text = re.sub(r"\$\{[^}]*\}", "{…}", found[1] or found[2] or "")
            if IS_SENTENCE.search(text) and not IS_CODE.search(text):
                yield number, text


def all_texts() -> Iterator[tuple[str, int, str]]:
    """Yield file, line and text of everything that people read."""
    for folder, suffix, read in (
        ("app", ".py", python_texts),
        ("static", ".html", html_texts),
        ("static", ".js", script_texts),
    ):
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(SILENT):
                found = read(path.read_text(encoding="utf-8"))
                for line, text in sorted(found, key=lambda place: place[0]):
                    yield name, line, " ".join(text.split())


def _documentation(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the docstrings, and the strings below constants and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function is a command, whose docstring is its help."""
    return any("command(" in ast.unparse(decorator) for decorator in node.decorator_list)


class _PageReader(HTMLParser):
    """Collects the texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._silent = ""
        self._sentence = ""
        self._line = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_sentence(tag)
        if tag in SILENT_ELEMENTS:
            self._silent = tag
        for name, value in attrs:
            if name in READ_ATTRIBUTES and value and re.search(r"[^\W\d_]{3}", value) and "width=" not in value:
                self.found.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        self._end_sentence(tag)
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line = self._line if self._sentence else self.getpos()[0]
            self._sentence += data

    def _end_sentence(self, tag: str) -> None:
        """Note what was said before an element that is not part of the sentence."""
        if tag in INLINE:
            return
        if re.search(r"[^\W\d_]{2}", self._sentence):
            self.found.append((self._line, self._sentence))
        self._sentence = ""


def main() -> None:
    """Print the list."""
    last = ""
    for name, line, text in all_texts():
        if name != last:
            print(f"\n{name}")
            last = name
        print(f"{line:5}  {text}")


if __name__ == "__main__":
    main()
