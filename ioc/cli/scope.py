"""`--scope NAME`: the agencies of one operations center alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import polars as pl
import typer

from ioc.agencies import in_scope, is_whole
from ioc.errors import BadInput
from schemas import Registry, Scope, near

SCOPE = Annotated[
    str | None,
    typer.Option(help="Of these agencies alone, those below them and their successors: schemas/scopes."),
]


def scope_named(registry: Registry, name: str | None) -> Scope | None:
    """The scope; None where none is asked for."""
    if name is not None and name not in registry.scopes:
        known = ", ".join(sorted(registry.scopes))
        raise BadInput("scope", name, f"name one of {known}{near(name, registry.scopes)}")
    return None if name is None else registry.scopes[name]


def within_scope(frame: pl.DataFrame, registry: Registry, scope: Scope | None, on: date) -> pl.DataFrame:
    """The rows of the scope's agencies on the day; of the whole province also those that name none."""
    if scope is None:
        return frame
    agency = pl.col("agency")
    ours = agency.is_in(sorted(in_scope(registry.history, scope.agencies, on)))
    if is_whole(registry.history, scope.agencies):
        ours = ours | agency.is_null() | (agency == "")
    return frame.filter(ours)
