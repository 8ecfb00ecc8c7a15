"""How commands are shown and how their mistakes are answered: help with examples, and one sentence for a wrong option.

What is mistyped may be an address with a password, and the output of a service goes to the system's log; so addresses
are shortened in everything that is printed.
"""

import re
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn, TypeVar, cast

import typer
from typer.core import TyperCommand, TyperGroup

from app import choices, setting_errors
from app.redaction import redact_text

UsageError = cast("type[Exception]", typer.BadParameter.__mro__[1])
"""The base of errors about options and arguments, which typer does not export."""

USAGE = 2
"""Exit code of a wrong option or argument."""

HELP = "Help"
"""Panel of the option `--help`, below the panels of a command's own options."""

EXAMPLES = "Examples"

Function = TypeVar("Function", bound=Callable[..., Any])


class SingleCommand(TyperCommand):
    """A command whose help shows no type for switches, and ends with its examples."""

    def get_params(self, ctx: Any) -> Any:
        """Return the options and arguments; see `TyperCommand`."""
        return _tidy(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, and the lines of the epilog as examples."""
        examples, self.epilog = self.epilog, None
        super().format_help(ctx, formatter)
        self.epilog = examples
        _print_examples(examples)


class CommandGroup(TyperGroup):
    """A group of commands that answers a wrong option, argument or command with one sentence and exit code 2."""

    def get_params(self, ctx: Any) -> Any:
        """Return the options and arguments; see `TyperGroup`."""
        return _tidy(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, and the lines of the epilog as examples."""
        examples, self.epilog = self.epilog, None
        super().format_help(ctx, formatter)
        self.epilog = examples
        _print_examples(examples)

    def make_context(self, *args: Any, **named: Any) -> Any:
        """Parse the options before the command; see `TyperGroup`."""
        try:
            return super().make_context(*args, **named)
        except UsageError as exc:
            _end(exc)

    def invoke(self, ctx: Any) -> Any:
        """Parse the options of the command and run it; see `TyperGroup`."""
        try:
            return super().invoke(ctx)
        except UsageError as exc:
            _end(exc)
        except typer.Abort as exc:  # a question that was not answered
            if not isinstance(exc.__cause__ or exc.__context__, KeyboardInterrupt):
                typer.echo("\nNothing was changed, because the question was not answered.")
                raise typer.Exit(1) from None
            typer.echo()
            raise typer.Exit(130) from None


class Commands(typer.Typer):
    """A set of commands of these classes."""

    def __init__(self, **given: Any) -> None:
        """Set the help and the examples (`epilog`, one on each line) of the group."""
        super().__init__(
            cls=CommandGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, **given
        )

    def command(self, name: str | None = None, **given: Any) -> Callable[[Function], Function]:
        """Return a decorator for a command; see `typer.Typer.command`."""
        return super().command(name, **{"cls": SingleCommand} | given)


def print_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback of an error that nothing handles, and nothing for Ctrl-C; for `sys.excepthook`."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.stderr.write(redact_text("".join(traceback.format_exception(kind, error, trace))))


VALUES = {"<path>": "FILE", "<str>": "TEXT", "<int>": "NUMBER", "<float>": "NUMBER", "<list[str]>": "TEXT"}
"""What stands for a value in the help, by typer's word for its type; other types show none."""


def _tidy(params: Any) -> Any:
    """Show values by what they are, and nothing for switches and arguments, which the usage line names."""
    for param in params:
        if "--help" in param.opts:
            param.help, param.rich_help_panel, param.metavar = "Show this help.", HELP, ""
        elif param.param_type_name == "argument":
            name = param.metavar = param.metavar or param.name.upper()
            piece = name if param.required else f"[{name}]"
            param.display_type_rich = lambda ctx: None
            param.get_usage_pieces = lambda ctx, piece=piece: [piece]
        elif param.is_flag:
            param.metavar = ""
        elif param.metavar is None:
            param.metavar = VALUES.get(param.display_type_rich(None), "")
    return params


def _print_examples(lines: str | None) -> None:
    if lines:
        from rich.console import Console
        from rich.panel import Panel
        from rich.text import Text

        panel = Panel(Text(lines.strip()), title=EXAMPLES, title_align="left", border_style="dim")
        Console(highlight=False).print(panel)


def _end(exc: Any) -> NoReturn:
    """Print the sentence for a usage error and exit with 2; a command without its arguments shows its help."""
    if type(exc).__name__ == "NoArgsIsHelpError":
        raise typer.Exit(USAGE) from None
    typer.echo(f"surtitle: {describe(exc)}", err=True)
    raise typer.Exit(USAGE) from None


def describe(exc: Any) -> str:
    """Return the sentence for an error of typer about options, arguments or commands."""
    command = exc.ctx.command_path if exc.ctx else "surtitle"
    message = str(exc.message)
    kind = type(exc).__name__
    if kind == "NoSuchOption":
        likely = f"Did you mean {choices.either(sorted(exc.possibilities))}? " if exc.possibilities else ""
        return f"There is no option {redact_text(exc.option_name)}. {likely}`{command} --help` lists the options."
    if found := re.match(r"No such command '(.*?)'\.?(?: Did you mean (.*)\?)?$", message, re.DOTALL):
        likely = f"Did you mean {choices.either(found[2].replace(chr(39), '').split(', '))}? " if found[2] else ""
        return f"There is no command {redact_text(found[1])}. {likely}`{command} --help` lists the commands."
    if kind == "MissingParameter":
        name, help = exc.param.metavar or exc.param.name.upper(), exc.param.help or ""
        if help[1:2].islower():
            help = help[0].lower() + help[1:]
        meaning = f" ({help.rstrip('.')})" if help else ""
        return f"`{command}` needs {name}{meaning}. `{command} --help` says more."
    if kind == "BadParameter":
        return _describe_value(exc)
    if found := re.match(r"Got unexpected extra argument\(s\) \((.*)\)$", message, re.DOTALL):
        return f"`{command}` does not need {choices.quote(found[1])}. `{command} --help` shows what it takes."
    if found := re.match(r"Option '(.*?)' requires an argument", message):
        return f"Expected a value after {found[1]}, but got none."
    if found := re.match(r"Option '(.*?)' does not take a value", message):
        return f"Expected {found[1]} without a value, but got one."
    return redact_text(message)


def _describe_value(exc: Any) -> str:
    """Return the sentence for a value of a wrong kind or beyond a limit."""
    param = exc.param
    where = "the value" if param is None else param.opts[0] if param.opts[0].startswith("-") else param.metavar
    errors = getattr(exc.__cause__ or exc.__context__, "errors", None)
    if errors is None:
        return f"Expected another value for {where}. {redact_text(str(exc.message))}"
    low, high = getattr(param, "min", None), getattr(param, "max", None)
    expected = "" if low is None or high is None else f"a number from {low:g} to {high:g}"
    return setting_errors.describe(errors()[0], where, expected=expected)
