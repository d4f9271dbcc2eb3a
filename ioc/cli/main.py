"""The command line: a table of commands, each module imported only when its command is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ioc.errors import IocError

# name -> (module:function, one line for `ioc --help`)
COMMANDS = {
    "up": ("ioc.cli.up:up", "Start every part and keep it running; Ctrl-C stops all of it."),
    "reload": (
        "ioc.cli.reload:reload",
        "Take up new and changed feeds while everything runs: checks their files, makes their topics.",
    ),
    "down": ("ioc.cli.down:down", "Stop the stack of this IOC_HOME from another terminal."),
    "airflow": (
        "ioc.cli.airflow:airflow",
        "Airflow's own commands on this stack, such as `backfill create`.",
    ),
    "status": ("ioc.cli.status:status", "Per part: state, address, age of its newest event, memory."),
    "import": (
        "ioc.cli.import_:import_",
        "Send a file's events through a source mapping, the way an agency would.",
    ),
    "enter": ("ioc.cli.enter:enter", "Take a filled-in sheet, XLSX or CSV, of a feed that people enter."),
    "rollup": ("ioc.cli.rollup:rollup", "Have Airflow archive, roll up, audit and publish a window of days."),
    "flow": ("ioc.cli.flow:flow", "Published figures per period and group."),
    "measures": (
        "ioc.cli.measures:measures",
        "What no sum gives: services with records, working hours, letters, receptions.",
    ),
    "series": (
        "ioc.cli.series:series",
        "Observations of a period, added up as their feed promises.",
    ),
    "explain": ("ioc.cli.explain:explain", "A published figure, down to its run, audit and cases."),
    "restatements": (
        "ioc.cli.restatements:restatements",
        "Closed figures that changed: old, new, why, and the events that did it.",
    ),
    "form": ("ioc.cli.form:form", "An official form of an agency and period, published or as signed."),
    "sign": ("ioc.cli.sign:sign", "Sign a form: from provisional to final."),
    "flags": ("ioc.cli.flags:flags", "Cases to look at, per agency and flag, and what is set aside."),
    "surge": (
        "ioc.cli.surge:surge",
        "Cases received in the last hour and the running one, against the usual.",
    ),
    "case": ("ioc.cli.case:case", "One case: its events, its state and how its deadline status came about."),
    "conflicts": ("ioc.cli.conflicts:conflicts", "Cases of which two systems say different things."),
    "quarantine": ("ioc.cli.quarantine:quarantine", "What was refused or set aside, and how to mend it."),
    "redrive": ("ioc.cli.redrive:redrive", "Send quarantined messages again after a mapping is mended."),
    "verify": ("ioc.cli.verify:verify", "Check the figures against plain SQL, a refold and the offsets."),
    "reference": (
        "ioc.cli.reference:app",
        "Agencies, successions and procedures: from the country's lists, and as they hold.",
    ),
    "check": (
        "ioc.cli.check:check_",
        "Find everything that feed, mapping, form and table files get wrong.",
    ),
    "feed": ("ioc.cli.feed:app", "Feeds as a data engineer handles them: list, new, try, template, freeze."),
    "simulate": ("ioc.cli.simulate:simulate", "Write a simulated province's events to a file."),
}
# Words that look like options of ours, --help among them, are the other program's.
PASSED_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}
SETTINGS = {"airflow": PASSED_ON | {"help_option_names": []}}


def command(name: str) -> TyperCommand | TyperGroup:
    """The command called `name`, or commands under it, its module imported now."""
    target, help_text = COMMANDS[name]
    module, function = target.split(":")
    run: Callable[..., Any] | typer.Typer = getattr(importlib.import_module(module), function)
    if isinstance(run, typer.Typer):
        group = typer.main.get_command(run)
        assert isinstance(group, TyperGroup)
        return group
    single = typer.Typer(add_completion=False)
    single.command(name, help=run.__doc__ or help_text, context_settings=SETTINGS.get(name))(run)
    built = typer.main.get_command(single)
    assert isinstance(built, TyperCommand)
    return built


class Lazy(TyperGroup):
    """Lists commands from the table; loads the one that is used."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, found, rest = super().resolve_command(ctx, args)
        return (name, command(name), rest) if name in COMMANDS else (name, found, rest)


app = typer.Typer(cls=Lazy, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def root() -> None:
    """Live, reconciled, signed-off figures for Intelligent Operations Centers."""


def main() -> None:
    """Runs the command line; an IocError is its text on stderr and exit 1, without a traceback."""
    try:
        app()
    except IocError as exc:
        typer.echo(str(exc), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
