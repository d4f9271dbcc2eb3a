"""`--scope NAME`: the agencies of one operations center alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import polars as pl
import typer

from ioc.agencies import in_scope, is_whole
from ioc.named import one_of
from schemas import Registry, Scope

SCOPE = Annotated[
    str | None,
    typer.Option(help="Of these agencies alone, those below them and their successors: schemas/scopes."),
]


def scope_named(registry: Registry, name: str | None) -> Scope | None:
    """The scope; None where none is asked for."""
    return None if name is None else one_of(dict(sorted(registry.scopes.items())), name, "scope")


def within_scope(frame: pl.DataFrame, registry: Registry, scope: Scope | None, on: date) -> pl.DataFrame:
    """The rows of the scope's agencies on the day; of the whole province also those that name none."""
    if scope is None:
        return frame
    agency = pl.col("agency")
    ours = agency.is_in(sorted(in_scope(registry.history, scope.agencies, on)))
    if is_whole(registry.history, scope.agencies):
        ours = ours | agency.is_null() | (agency == "")
    return frame.filter(ours)
