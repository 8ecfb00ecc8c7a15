"""The results of `surtitle doctor`'s checks."""

from app.cli.finding import Finding, green, run_check


def test_a_check_that_fails_is_a_line() -> None:
    """Whatever a check raises becomes a yellow finding with the error's first line, not a stack trace."""

    def fail() -> list[Finding]:
        raise ZeroDivisionError("division by zero\nand more")

    (finding,) = run_check("clock", fail)
    assert (finding.subject, finding.colour) == ("clock", "yellow")
    assert "ZeroDivisionError, division by zero." in finding.message
    assert run_check("clock", lambda: [green("clock", "Fine.")]) == [green("clock", "Fine.")]
