"""`ioc airflow …`: Airflow's own command line in the environment of this IOC_HOME's stack."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ioc.errors import Stop
from ioc.settings import load
from ioc.stack.airflow import Airflow, program
from ioc.stack.choices import exported
from ioc.stack.home import Home
from ioc.stack.postgres import Postgres


def airflow(
    words: Annotated[
        list[str] | None, typer.Argument(help="What Airflow is to do, in its own words.")
    ] = None,
) -> None:
    """Airflow's own commands on this stack, such as `backfill create`, whose runs follow one another."""
    settings = load()
    stack = Home(settings.home).read_stack()
    if stack is None or not stack.runs():
        raise Stop(f"nothing runs for IOC_HOME={settings.home}; `ioc up` starts a stack")
    environment = os.environ | exported(settings)
    environment |= Airflow(settings, Postgres(settings.home)).environment()
    os.execve(program(), [program(), *in_turn(words or [])], environment)


def in_turn(words: list[str]) -> list[str]:
    """Backfilled runs one after another: of two at once, the second could not be published on the first."""
    asked = any(word.split("=")[0] == "--max-active-runs" for word in words)
    if words[:2] != ["backfill", "create"] or asked or "--help" in words or "-h" in words:
        return words
    return [*words, "--max-active-runs", "1"]
