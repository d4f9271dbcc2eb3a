"""`ioc down`: stops the stack of this IOC_HOME from another terminal."""

from __future__ import annotations

import typer

from ioc.settings import home_folder
from ioc.stack.run import stop


def down() -> None:
    """Stop the stack of this IOC_HOME and wait until nothing of it runs."""
    typer.echo(stop(home_folder()))
