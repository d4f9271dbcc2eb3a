"""Cells of several tables as rows of one narrow frame: which table, one text of its keys, numbers by place.

Spark adds up whatever is in the rows; wide rows, of all tables' columns, took it a third longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

_APART = "\x1f"  # between keys; no code holds it
NUMBER = "n{}"


@dataclass(frozen=True)
class Cells:
    """A table of cells that add up: its columns, of which the figures are 64-bit integers."""

    name: str
    schema: pl.Schema
    keys: tuple[str, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(name for name in self.schema if name not in self.keys)


def names(tables: Sequence[Cells]) -> list[str]:
    """Of the numbers of a row."""
    return [NUMBER.format(place) for place in range(max(len(table.figures) for table in tables))]


def layout(tables: Sequence[Cells]) -> pa.Schema:
    """A row's columns: source, cells (place in `tables`), key, then as many numbers as the widest has."""
    numbers = [(name, pa.int64()) for name in names(tables)]
    return pa.schema([("source", pa.int32()), ("cells", pa.int32()), ("key", pa.string()), *numbers])


def packed(tables: Sequence[Cells], found: Mapping[str, pl.DataFrame], source: int) -> pl.DataFrame:
    """Frames by table's name, each of its schema -> rows, added up per key. A key must not be null."""
    width = len(names(tables))
    parts = []
    for place, table in enumerate(tables):
        if (frame := found.get(table.name)) is not None:
            key = pl.concat_str([pl.col(name).cast(pl.String) for name in table.keys], separator=_APART)
            numbers = [pl.col(name).cast(pl.Int64) for name in table.figures]
            rest = [pl.lit(0, pl.Int64)] * (width - len(numbers))
            at = {NUMBER.format(i): number for i, number in enumerate([*numbers, *rest])}
            where = {"source": pl.lit(source, pl.Int32), "cells": pl.lit(place, pl.Int32)}
            parts.append(frame.select(**where, key=key if table.keys else pl.lit(""), **at))
    return pl.concat(parts)


def added_up(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows -> one row per source, table and key."""
    return rows.group_by("source", "cells", "key").agg(pl.exclude("source", "cells", "key").sum())


def unpacked(tables: Sequence[Cells], rows: pl.DataFrame, source: int) -> dict[str, pl.DataFrame]:
    """Rows of several sources -> the frames of one, each of its table's schema, sorted by its keys."""
    mine = rows.filter(pl.col("source") == source)
    return {table.name: _table(mine.filter(pl.col("cells") == i), table) for i, table in enumerate(tables)}


def _table(rows: pl.DataFrame, table: Cells) -> pl.DataFrame:
    named = {figure: pl.col(NUMBER.format(i)) for i, figure in enumerate(table.figures)}
    if not table.keys:
        return rows.select(**named)
    parts = pl.col("key").str.split_exact(_APART, len(table.keys) - 1).struct
    keys = {name: _read(parts.field(f"field_{i}"), table.schema[name]) for i, name in enumerate(table.keys)}
    return rows.select(**keys, **named).select(table.schema.names()).sort(table.keys)


def _read(text: pl.Expr, kind: pl.DataType) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d") if kind == pl.Date() else text.cast(kind)
